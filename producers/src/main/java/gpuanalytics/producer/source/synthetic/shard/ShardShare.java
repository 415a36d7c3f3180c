package gpuanalytics.producer.source.synthetic.shard;

import java.util.Map;

/**
 * The part of the simulated fleet that this replica runs.
 *
 * @param shards how many shards the fleet is divided into; 0 as long as that is not known
 * @param rates of each shard held, the deployment's whole rate in events per second; the same for
 *     all of them but for the moment in which a change of rate arrives
 */
public record ShardShare(int shards, Map<Integer, Double> rates) {

    /** Nothing yet. */
    public static final ShardShare NONE = new ShardShare(0, Map.of());

    public ShardShare {
        rates = Map.copyOf(rates);
    }
}
