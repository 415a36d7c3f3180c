package gpuanalytics.bench.doors;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Says now and then how far a load is: a line that stays in place, or a line every ten seconds. */
final class Progress implements AutoCloseable {

    private final Thread thread;

    private Progress(Thread thread) {
        this.thread = thread;
    }

    /**
     * Starts to say it.
     *
     * @param inPlace whether each line replaces the one before
     */
    static Progress start(PrintStream out, boolean inPlace, long calls, Latencies latencies) {
        var pause = Duration.ofSeconds(inPlace ? 1 : 10);
        return new Progress(
                Thread.ofVirtual()
                        .name("progress")
                        .start(
                                () -> {
                                    long before = 0;
                                    try {
                                        while (true) {
                                            Thread.sleep(pause);
                                            long now = latencies.acceptedCalls();
                                            double rate =
                                                    (double) (now - before) / pause.toSeconds();
                                            var line = line(calls, now, rate, latencies);
                                            out.print(inPlace ? "\r" + line : line + "\n");
                                            out.flush();
                                            before = now;
                                        }
                                    } catch (InterruptedException _) {
                                        if (inPlace) {
                                            out.println();
                                        }
                                    }
                                }));
    }

    private static String line(long calls, long now, double rate, Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "%,d of %,d calls (%d %%), %,.0f/s, p99 %.1f ms, %,d sent more than once   ",
                now,
                calls,
                100 * now / calls,
                rate,
                latencies.acceptedMillis(99),
                latencies.retriedCalls());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
