package gpuanalytics.processor.meter;

/**
 * Lets through one at a time, in the order in which turns were given. Whoever fails does not let
 * the next one in: it would decide without what the one before has read.
 */
final class Turns {

    private long given;
    private long now;

    /** The next turn; for one thread, as its order is that of the turns. */
    long give() {
        return given++;
    }

    /** Waits until all turns before this one have passed. */
    synchronized void await(long turn) throws InterruptedException {
        while (now != turn) {
            wait();
        }
    }

    /** Whoever has come to its turn is through. */
    synchronized void pass() {
        now++;
        notifyAll();
    }
}
