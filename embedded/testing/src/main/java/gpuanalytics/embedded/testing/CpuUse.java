package gpuanalytics.embedded.testing;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * What the threads of one program use of the machine, beside whatever else runs in the process: CPU
 * time by the clock, so that a busy machine makes it less, never more.
 */
public final class CpuUse {

    /** Whoever only waits leaves this to others. */
    public static final double MOST_CORES_OF_A_WAIT = 0.1;

    private static final Duration MEASURED = Duration.ofSeconds(6);

    private final ThreadGroup group;

    /** Of a program that is started here, see {@link #start}. */
    public CpuUse(String program) {
        this.group = new ThreadGroup(program);
    }

    /** All threads that the program starts are its own; those of what it talks to are not. */
    public <T> T start(Callable<T> program) throws Exception {
        var start = new FutureTask<>(program);
        new Thread(group, start, "start of " + group.getName()).start();
        return start.get();
    }

    /** Cores in use, over some seconds. */
    public double cores(Duration measured) {
        return cores(spent(measured), measured);
    }

    /**
     * Measures for some seconds.
     *
     * @throws AssertionError when it uses more than {@link #MOST_CORES_OF_A_WAIT}, with what each
     *     thread used, in nanoseconds
     */
    public void assertWaits() {
        var spent = spent(MEASURED);
        var cores = cores(spent, MEASURED);
        if (cores <= 0 || cores >= MOST_CORES_OF_A_WAIT) {
            throw new AssertionError(
                    "%s uses %.3f of a core: %s".formatted(group.getName(), cores, spent));
        }
    }

    private static double cores(Map<String, Long> spent, Duration measured) {
        return spent.values().stream().mapToLong(Long::longValue).sum()
                / (double) measured.toNanos();
    }

    private Map<String, Long> spent(Duration measured) {
        var before = cpuNanos();
        var end = System.nanoTime() + measured.toNanos();
        for (var left = measured.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        var spent = cpuNanos();
        spent.replaceAll((thread, nanos) -> nanos - before.getOrDefault(thread, 0L));
        return spent;
    }

    private Map<String, Long> cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        var nanos = new TreeMap<String, Long>();
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (group.parentOf(thread.getThreadGroup())) {
                nanos.merge(
                        thread.getName(),
                        Math.max(0, threads.getThreadCpuTime(thread.threadId())),
                        Long::sum);
            }
        }
        return nanos;
    }
}
