package gpuanalytics.service.lifecycle;

import java.util.Optional;

/** A program that runs, from its start to its end. Any thread may call. */
public interface RunningService extends AutoCloseable {

    /** Waits until it has ended, by itself or because it was closed. */
    void awaitEnd() throws InterruptedException;

    /** What ended it, where that was a fault. */
    Optional<Throwable> failure();

    /** How its process is to end: 0, or what went wrong. */
    default int exitCode() {
        return failure().isPresent() ? Program.EXIT_FAILED : 0;
    }

    /** Ends it in order; what is under way has a limited time. Safe to call again. */
    @Override
    void close();
}
