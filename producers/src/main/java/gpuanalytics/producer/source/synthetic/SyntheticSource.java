package gpuanalytics.producer.source.synthetic;

import static java.util.Objects.requireNonNull;

import gpuanalytics.event.Event;
import gpuanalytics.producer.shard.ShardShare;
import gpuanalytics.producer.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GPUs of the simulated fleet that this replica's shards hold. Their clock is the wall clock:
 * an event is due when it happens.
 */
public final class SyntheticSource implements EventSource {

    static final String NAME = "synthetic";

    private static final Logger LOG = LoggerFactory.getLogger(SyntheticSource.class);

    private final SyntheticOptions options;
    private final Supplier<ShardShare> shares;
    private final Map<Integer, GpuSimulator> byNumber = new HashMap<>();
    private final PriorityQueue<GpuSimulator> next =
            new PriorityQueue<>(
                    Comparator.comparingLong(GpuSimulator::nextUs)
                            .thenComparingInt(simulator -> simulator.gpu().number()));
    private ShardShare applied = ShardShare.NONE;

    /**
     * @param shares the shards to run and their rates; asked before each use
     */
    public SyntheticSource(SyntheticOptions options, Supplier<ShardShare> shares) {
        this.options = options;
        this.shares = shares;
    }

    /** The GPUs in the part of the fleet that a share holds. */
    public static int gpus(SyntheticOptions options, ShardShare share) {
        return (int)
                options.fleet().gpus().stream()
                        .filter(gpu -> share.rates().containsKey(shardOf(options, gpu, share)))
                        .count();
    }

    /** The events per second that a share of the fleet makes. */
    public static double eventsPerSecond(SyntheticOptions options, ShardShare share) {
        return options.fleet().gpus().stream()
                .mapToDouble(gpu -> share.rates().getOrDefault(shardOf(options, gpu, share), 0.0))
                .map(rate -> rate / options.fleet().size())
                .sum();
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public Instant nextDue(Instant now) {
        applyShare(now);
        var first = next.peek();
        return first == null ? Instant.MAX : instant(first.nextUs());
    }

    @Override
    public List<Event> take(Instant now, int max) {
        applyShare(now);
        skipWhatIsTooFarBehind(now);
        long nowUs = micros(now);
        var events = new ArrayList<Event>(max);
        while (events.size() < max && !next.isEmpty() && next.peek().nextUs() <= nowUs) {
            var simulator = next.remove();
            var event = simulator.step();
            next.add(simulator);
            if (event != null) {
                events.add(event);
            }
        }
        return events;
    }

    private void applyShare(Instant now) {
        var share = shares.get();
        if (share.equals(applied)) {
            return;
        }
        long nowUs = micros(now);
        var shards = new TreeMap<Integer, List<FleetGpu>>();
        for (var gpu : options.fleet().gpus()) {
            int shard = shardOf(options, gpu, share);
            if (share.rates().containsKey(shard)) {
                shards.computeIfAbsent(shard, _ -> new ArrayList<>()).add(gpu);
            } else {
                byNumber.remove(gpu.number());
            }
        }
        var work = new MeanWork();
        shards.forEach(
                (shard, gpus) -> {
                    double rate = requireNonNull(share.rates().get(shard));
                    apply(gpus, ShardPlan.of(shard, gpus, rate, options, work), nowUs);
                });
        next.clear();
        next.addAll(byNumber.values());
        applied = share;
    }

    private void apply(List<FleetGpu> gpus, Map<Integer, GpuPlan> plans, long nowUs) {
        for (var gpu : gpus) {
            var plan = requireNonNull(plans.get(gpu.number()));
            var simulator = byNumber.get(gpu.number());
            if (simulator == null) {
                byNumber.put(gpu.number(), start(gpu, plan, nowUs));
            } else {
                simulator.changePlan(plan, nowUs);
            }
        }
    }

    private GpuSimulator start(FleetGpu gpu, GpuPlan plan, long nowUs) {
        // whole milliseconds, the precision of the samples' times
        return new GpuSimulator(gpu, options.seed(), nowUs / 1000 * 1000, plan);
    }

    private static int shardOf(SyntheticOptions options, FleetGpu gpu, ShardShare share) {
        return share.shards() == 0 ? -1 : gpu.shard(options.fleet().size(), share.shards());
    }

    /** After a suspended laptop or a long outage: the time in between was not simulated. */
    private void skipWhatIsTooFarBehind(Instant now) {
        var first = next.peek();
        if (first == null) {
            return;
        }
        var behind = Duration.between(instant(first.nextUs()), now);
        if (behind.compareTo(options.catchUp()) <= 0) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("behind_s", behind.toSeconds())
                .log("simulation is too far behind, it goes on from the present");
        byNumber.clear();
        applied = ShardShare.NONE;
        applyShare(now);
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
