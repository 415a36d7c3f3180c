package gpuanalytics.processor.consume;

/**
 * Whether more comes than the store takes, so that fetching is stopped. The ingest thread sets, any
 * thread reads.
 */
final class Saturation {

    private boolean full;
    private boolean wasFull;

    /** True where this changed something. */
    synchronized boolean set(boolean nowFull) {
        var changed = nowFull != full;
        full = nowFull;
        wasFull |= nowFull;
        return changed;
    }

    synchronized boolean isFull() {
        return full;
    }

    /** Whether it was full at any time since this was last asked. */
    synchronized boolean take() {
        var was = wasFull;
        wasFull = full;
        return was;
    }
}
