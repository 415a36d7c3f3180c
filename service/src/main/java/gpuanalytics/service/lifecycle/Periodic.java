package gpuanalytics.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something again and again on a thread of its own; a failure, be it an {@link Error}, is
 * logged and passed over.
 */
public final class Periodic implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Periodic.class);

    /** What is run. */
    public interface Task {
        void run() throws InterruptedException;
    }

    private final ScheduledExecutorService executor;

    /** Starts it; it runs for the first time after one interval. */
    public Periodic(String name, Duration interval, Task task) {
        executor =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name(name).daemon().factory());
        var _ =
                executor.scheduleWithFixedDelay(
                        () -> run(name, task),
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Interrupts a run that is under way and starts none any more. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** The executor would never run again what has thrown. */
    private static void run(String name, Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.atWarn().setCause(e).log(name + " failed, it is tried again later");
        }
    }
}
