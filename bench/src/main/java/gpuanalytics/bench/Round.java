package gpuanalytics.bench;

import gpuanalytics.bench.contender.Contender;
import gpuanalytics.bench.contender.Stage;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.process.Cost;
import gpuanalytics.bench.process.CostProbe;
import gpuanalytics.bench.report.Figures;
import gpuanalytics.bench.store.StoreCounts;
import gpuanalytics.bench.store.StoreProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One contender, once: from its start until the store has everything. It is looked at ten times a
 * second; what it costs counts from the first raw document to the last write.
 */
final class Round {

    private static final long LOOK_MILLIS = 100;

    /** Longer than rollups are gathered; whoever writes nothing for this long has finished. */
    private static final Duration QUIET = Duration.ofSeconds(4);

    private static final Duration COMMIT_WAIT = Duration.ofSeconds(15);

    private final Contender contender;
    private final Stage stage;
    private final StoreProcess store;
    private final TopicFiller topics;
    private final Duration limit;
    private @Nullable Look first;
    private @Nullable Look last;

    /** What was seen at one moment. */
    private record Look(StoreCounts counts, Cost cost) {}

    Round(
            Contender contender,
            Stage stage,
            StoreProcess store,
            TopicFiller topics,
            Duration limit) {
        this.contender = contender;
        this.stage = stage;
        this.store = store;
        this.topics = topics;
        this.limit = limit;
    }

    /**
     * Runs it.
     *
     * @param storeName what the store is called in the results
     * @throws IllegalStateException when it ends early or does not finish within the limit
     */
    Figures run(String storeName) throws IOException, InterruptedException {
        store.reset();
        long began = System.nanoTime();
        try (var process = contender.start(stage);
                var probe = attach(process)) {
            double startSeconds = awaitFirst(process, probe, began);
            awaitLast(process, probe, began);
            return figures(storeName, startSeconds, awaitCommit());
        }
    }

    private CostProbe attach(ChildJvm process) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return CostProbe.attach(process.handle());
            } catch (IOException e) {
                if (attempt == 50 || !process.isAlive()) {
                    throw e;
                }
                Thread.sleep(LOOK_MILLIS); // it has only just begun
            }
        }
    }

    private double awaitFirst(ChildJvm process, CostProbe probe, long began)
            throws InterruptedException {
        while (true) {
            var counts = store.counts();
            if (counts.firstRawNanos() > 0) {
                first = new Look(counts, probe.read());
                last = first;
                return (System.nanoTime() - began) / 1e9;
            }
            requireRunning(process, began);
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void awaitLast(ChildJvm process, CostProbe probe, long began)
            throws InterruptedException {
        long quietSince = System.nanoTime();
        long lastWrite = 0;
        while (true) {
            var counts = store.counts();
            if (counts.lastWriteNanos() != lastWrite) {
                lastWrite = counts.lastWriteNanos();
                quietSince = System.nanoTime();
                last = new Look(counts, probe.read());
            } else if (counts.rawDocuments() >= stage.load().records()
                    && System.nanoTime() - quietSince > QUIET.toNanos()) {
                return;
            }
            requireRunning(process, began);
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void requireRunning(ChildJvm process, long began) {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "%s has ended, see %s".formatted(contender.name(), stage.directory()));
        }
        if (System.nanoTime() - began > limit.toNanos()) {
            throw new IllegalStateException(
                    "%s has not finished after %s: %s"
                            .formatted(contender.name(), limit, store.counts()));
        }
    }

    private long awaitCommit() throws InterruptedException {
        var load = stage.load();
        long until = System.nanoTime() + COMMIT_WAIT.toNanos();
        while (true) {
            long committed = topics.committed(contender.group(stage), load.filledTopics());
            if (committed >= load.records() || System.nanoTime() > until) {
                return committed;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private Figures figures(String storeName, double startSeconds, long committed) {
        var from = Objects.requireNonNull(first);
        var to = Objects.requireNonNull(last);
        var counts = to.counts;
        double records = counts.rawDocuments();
        // what was written before the first look has cost nothing that was seen
        double seen = records - from.counts.rawDocuments();
        var peak = to.cost.peakResidentBytes();
        return new Figures(
                contender.name(),
                stage.load().workload().letter(),
                storeName,
                counts.rawDocuments(),
                records / counts.rawSeconds(),
                records / counts.allSeconds(),
                to.cost.cpu().minus(from.cost.cpu()).toNanos() / 1e9 / (seen / 1e6),
                allocated(from.cost, to.cost, seen),
                peak == null ? null : peak / (double) (1 << 20),
                counts.documents() / records,
                counts.commands() / records,
                committed,
                startSeconds,
                counts.writes());
    }

    private static @Nullable Double allocated(Cost from, Cost to, double records) {
        var before = from.allocatedBytes();
        var after = to.allocatedBytes();
        return before == null || after == null ? null : (after - before) / records;
    }
}
