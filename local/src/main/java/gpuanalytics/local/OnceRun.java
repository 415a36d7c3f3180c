package gpuanalytics.local;

import gpuanalytics.local.ApiClient.Totals;
import gpuanalytics.processor.ProcessorStats;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;

/**
 * A replay from its first event to its last: waits until all of it is stored, reads the totals back
 * through the HTTP interface and compares them with what the source published.
 */
final class OnceRun {

    /** Without any progress for this long, something is wrong. */
    private static final Duration STANDSTILL_LIMIT = Duration.ofSeconds(60);

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(5);

    /** Shows the progress when it is time to, and waits a little; true when the run is to end. */
    interface Tick {
        boolean await() throws InterruptedException;
    }

    private final LocalPipeline pipeline;
    private final ApiClient api;
    private final Tick tick;

    OnceRun(LocalPipeline pipeline, ApiClient api, Tick tick) {
        this.pipeline = pipeline;
        this.api = api;
        this.tick = tick;
    }

    /** Runs to the end and returns the exit status. */
    int run(PrintStream out, PrintStream err) throws InterruptedException {
        try {
            Totals before = api.totals();
            pipeline.produce();
            if (!awaitEndOfSource()) {
                return interrupted(err);
            }
            var failure = pipeline.producer().failure();
            if (failure.isPresent()) {
                return failed(err, "the producer failed: " + failure.get().getMessage());
            }
            return switch (awaitStored()) {
                case STORED -> compare(before, out, err);
                case INTERRUPTED -> interrupted(err);
                case STANDSTILL ->
                        failed(
                                err,
                                "nothing is stored any more, %,d records are under way: %s"
                                        .formatted(
                                                underWay(pipeline),
                                                pipeline.processor().health().parts()));
            };
        } catch (IOException e) {
            return failed(err, "the totals cannot be read: " + e.getMessage());
        }
    }

    private static int interrupted(PrintStream err) {
        return failed(err, "interrupted before the end of the replay");
    }

    private static int failed(PrintStream err, String why) {
        err.println(Printable.of(why));
        return 1;
    }

    private boolean awaitEndOfSource() throws InterruptedException {
        while (!pipeline.producer().awaitEnd(Duration.ZERO)) {
            if (tick.await()) {
                return false;
            }
        }
        return true;
    }

    private enum Wait {
        STORED,
        INTERRUPTED,
        STANDSTILL
    }

    private Wait awaitStored() throws InterruptedException {
        ProcessorStats last = pipeline.processor().stats();
        long lastProgress = System.nanoTime();
        while (underWay(pipeline) > 0) {
            if (System.nanoTime() - lastProgress > STANDSTILL_LIMIT.toNanos()) {
                return Wait.STANDSTILL;
            }
            if (tick.await()) {
                return Wait.INTERRUPTED;
            }
            var now = pipeline.processor().stats();
            if (!now.equals(last)) {
                last = now;
                lastProgress = System.nanoTime();
            }
        }
        return Wait.STORED;
    }

    /** How many published records are not done: in the topics, or in the processor. */
    static long underWay(LocalPipeline pipeline) {
        var totals = pipeline.producer().totals();
        var stats = pipeline.processor().stats();
        long published = totals.samples() + totals.requests();
        long done = stats.stored() + stats.duplicates() + stats.rejected();
        long unread = stats.lag() < 0 ? 1 : stats.lag(); // not known yet: not done yet
        return Math.max(Math.max(published, stats.received()) - done, unread);
    }

    private int compare(Totals before, PrintStream out, PrintStream err)
            throws IOException, InterruptedException {
        var published = pipeline.producer().totals();
        var expected =
                new Totals(
                        published.requests(),
                        published.promptTokens(),
                        published.completionTokens(),
                        published.samples());
        pipeline.producer().movedTraces().forEach(out::println);
        pipeline.producer().refusedRows().forEach(rows -> out.println(Printable.of(rows)));
        var stored = awaitTotals(before, expected);
        printBill(out, err);
        out.println("totals: " + stored);
        if (areEqual(before, stored, expected)) {
            return pipeline.producer().exitCode();
        }
        return failed(err, "totals differ: stored %s, expected %s".formatted(stored, expected));
    }

    /** The totals decide how the run ends; a bill that takes too long does not. */
    private void printBill(PrintStream out, PrintStream err) throws InterruptedException {
        try {
            out.println(Printable.of(api.bill(0).toString()));
        } catch (IOException e) {
            err.println(Printable.of("no answer for the bill: " + e.getMessage()));
        }
    }

    /** The lag is as of a second ago: records of a run before may still be on their way. */
    private Totals awaitTotals(Totals before, Totals expected)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
        var stored = api.totals();
        while (!areEqual(before, stored, expected) && System.nanoTime() < deadline) {
            if (tick.await()) {
                break;
            }
            if (underWay(pipeline) > 0 && awaitStored() == Wait.STORED) {
                deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
            }
            stored = api.totals();
        }
        return stored;
    }

    /** The store may hold other events, or these already when it was kept from a run before. */
    private static boolean areEqual(Totals before, Totals stored, Totals expected) {
        return stored.equals(expected) || stored.minus(before).equals(expected);
    }
}
