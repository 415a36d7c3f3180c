package gpuanalytics.processor.meter;

import java.util.HashSet;
import java.util.Set;

/**
 * Lets through one at a time, in the order in which turns were given. Whoever fails does not let
 * the next one in: it would decide without what the one before has read. A turn that has passed is
 * settled once it is known what became of all that was decided in it.
 */
final class Turns {

    private long given;
    private long now;

    /** All turns before this one are settled. */
    private long unsettled;

    private final Set<Long> settledAhead = new HashSet<>();

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

    /** It is known what became of this turn. */
    synchronized void settled(long turn) {
        settledAhead.add(turn);
        while (settledAhead.remove(unsettled)) {
            unsettled++;
        }
        notifyAll();
    }

    /** Waits until it is known what became of a turn. */
    synchronized void awaitSettled(long turn) throws InterruptedException {
        while (turn >= unsettled && !settledAhead.contains(turn)) {
            wait();
        }
    }

    /** Waits until it is known what became of all turns before this one. */
    synchronized void awaitSettledBefore(long turn) throws InterruptedException {
        while (unsettled < turn) {
            wait();
        }
    }
}
