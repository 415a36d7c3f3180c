package gpuanalytics.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import gpuanalytics.bench.contender.Contender;
import gpuanalytics.bench.contender.Stage;
import gpuanalytics.bench.load.LiveFeed;
import gpuanalytics.bench.load.Load;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.store.StoreProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/**
 * How old an event is when the store acknowledges it, at a steady rate: from just before it is
 * given to a producer, so with the producer's own waiting.
 */
public final class LiveRun {

    /** Compilation, and what was sent while the contender joined its group. */
    private static final Duration WARM_UP = Duration.ofSeconds(40);

    /** Two flushes of rollups where they wait for longest. */
    private static final Duration MEASURED = Duration.ofSeconds(20);

    private static final int TIMED_OF = 200;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /**
     * Of some ages.
     *
     * @param p50Millis half are younger
     * @param p99Millis all but one in a hundred are younger
     */
    public record Percentiles(double p50Millis, double p99Millis) {

        static Percentiles of(List<Long> sortedMicros) {
            if (sortedMicros.isEmpty()) {
                throw new IllegalStateException("no event reached the store");
            }
            return new Percentiles(at(sortedMicros, 0.50), at(sortedMicros, 0.99));
        }

        private static double at(List<Long> sortedMicros, double share) {
            int index = (int) Math.ceil(share * sortedMicros.size()) - 1;
            return sortedMicros.get(Math.max(index, 0)) / 1000.0;
        }
    }

    /**
     * What came of it.
     *
     * @param acknowledged how old events are when the store acknowledges them
     * @param appended how old they are when the broker does, the part that is not the contender's
     * @param writesPerRecord what the store took per record meanwhile
     * @param busyCores how many of the machine's cores worked, the feed's and the broker's with
     *     them
     */
    public record Ages(
            Percentiles acknowledged,
            Percentiles appended,
            double writesPerRecord,
            double busyCores) {}

    private final OperatingSystemMXBean machine =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final StoreProcess store;
    private final TopicFiller topics;

    public LiveRun(StoreProcess store, TopicFiller topics) {
        this.store = store;
        this.topics = topics;
    }

    /**
     * Runs a contender at a rate.
     *
     * @param load what the events are like; its topics are not used
     * @param perSecond events per second
     * @param where its folder and its JVM's options; it gets topics and a group of its own
     */
    public Ages run(Contender contender, Load load, double perSecond, Stage where)
            throws IOException, InterruptedException {
        var live = load.live(Long.toString(System.nanoTime(), 36));
        topics.create(live.sampleTopic());
        topics.create(live.usageTopic());
        var stage =
                new Stage(
                        topics.bootstrap(),
                        store.url(),
                        live,
                        "live-" + System.nanoTime(),
                        where.directory(),
                        where.jvmOptions());
        store.reset();
        try (var process = contender.start(stage);
                var feed = LiveFeed.start(topics.bootstrap(), live, perSecond)) {
            awaitFirst(process);
            Thread.sleep(WARM_UP);
            store.reset();
            store.sampleEvery(TIMED_OF);
            feed.timeEvery(TIMED_OF);
            // Each answer is of the time since the one before.
            machine.getCpuLoad();
            Thread.sleep(MEASURED);
            double busyCores = machine.getCpuLoad() * machine.getAvailableProcessors();
            feed.requireOnTime();
            var counts = store.countsAndLatencies();
            return new Ages(
                    Percentiles.of(counts.latencyMicros()),
                    Percentiles.of(feed.appendMicros()),
                    counts.documents() / (double) counts.rawDocuments(),
                    busyCores);
        } finally {
            store.sampleEvery(0);
            live.filledTopics().forEach(topics::deleteLater);
        }
    }

    private void awaitFirst(ChildJvm process) throws InterruptedException {
        long until = System.nanoTime() + START_LIMIT.toNanos();
        while (store.counts().rawDocuments() == 0) {
            if (!process.isAlive() || System.nanoTime() > until) {
                throw new IllegalStateException("nothing reaches the store");
            }
            Thread.sleep(100);
        }
    }
}
