package gpuanalytics.producer.source.synthetic.shard;

import java.time.Duration;

/**
 * How replicas share the fleet.
 *
 * @param bootstrap addresses of brokers
 * @param topic the topic whose partitions are the shards
 * @param group the consumer group of the replicas
 * @param configuredRate the deployment's rate as configured, in events per second
 * @param handOver how long a shard that moves waits for its events to be handed over
 */
public record ShardOptions(
        String bootstrap, String topic, String group, double configuredRate, Duration handOver) {}
