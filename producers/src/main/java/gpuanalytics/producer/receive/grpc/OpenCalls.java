package gpuanalytics.producer.receive.grpc;

import gpuanalytics.service.http.ByteBudget;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls under way, of which there is a most. One that keeps the door waiting is ended, sooner
 * where others found no place.
 *
 * <p>Time goes by in rounds: a call notes the number of the round that it waits since, and whoever
 * sweeps once a round compares. A timer, or a look at the clock, would be a cost of every call.
 */
final class OpenCalls {

    /** How long a round is to be. */
    static final Duration ROUND = Duration.ofSeconds(1);

    /** Rounds that a client may keep the door waiting where others found no place. */
    private static final int PATIENCE_WHEN_FULL = 1;

    /** A call as it was at a moment, for what a list is sorted by may not change. */
    private record Waiting(int since, OpenCall<?, ?> call) {}

    private final int most;
    private final Semaphore places;
    private final ByteBudget budget;
    private final long patience;
    private final Status why;
    private final Set<OpenCall<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong turnedAway = new AtomicLong();
    private final Runnable onSlow;
    private long turnedAwayBefore;
    private volatile int round;

    /**
     * Calls that wait for their clients so long.
     *
     * @param budget what they may hold together
     * @param onSlow told of each whose client took longer
     */
    OpenCalls(int most, ByteBudget budget, Duration messageTimeout, Runnable onSlow) {
        this.most = most;
        this.onSlow = onSlow;
        this.places = new Semaphore(most);
        this.budget = budget;
        this.patience = messageTimeout.dividedBy(ROUND);
        this.why =
                Status.DEADLINE_EXCEEDED.withDescription(
                        "the next message or the end of the call has not come, expected within %d s, and sooner where the door is full: send all of it again"
                                .formatted(messageTimeout.toSeconds()));
    }

    /** Takes a place; false where all are taken. */
    boolean enter() {
        if (places.tryAcquire()) {
            return true;
        }
        turnedAway.incrementAndGet();
        return false;
    }

    /** A call that has a place is watched from now on. */
    void watch(OpenCall<?, ?> call) {
        open.add(call);
    }

    /** Nobody waits for its client any more, though it may still be worked for. */
    void forget(OpenCall<?, ?> call) {
        open.remove(call);
    }

    /** Gives a place back. */
    void leave() {
        places.release();
    }

    /** How many places are taken. */
    int taken() {
        return most - places.availablePermits();
    }

    /** How many calls have found no place. */
    long turnedAway() {
        return turnedAway.get();
    }

    ByteBudget budget() {
        return budget;
    }

    int round() {
        return round;
    }

    /** Ends the round; one thread alone does. */
    void sweep() {
        int now = round + 1;
        round = now;
        for (var call : open) {
            giveUp(call, now, patience);
        }
        long all = turnedAway.get();
        makeRoom(all - turnedAwayBefore - places.availablePermits(), now);
        turnedAwayBefore = all;
    }

    /** Ends as many as others wanted to come in, those that have kept the door waiting longest. */
    private void makeRoom(long wanted, int now) {
        if (wanted <= 0) {
            return;
        }
        var waiting = new ArrayList<Waiting>();
        for (var call : open) {
            waiting.add(new Waiting(call.waitsSince(), call));
        }
        waiting.sort(Comparator.comparingInt(Waiting::since));
        long left = wanted;
        for (var each : waiting) {
            if (left > 0 && giveUp(each.call(), now, PATIENCE_WHEN_FULL)) {
                left--;
            }
        }
    }

    private boolean giveUp(OpenCall<?, ?> call, int now, long longest) {
        boolean late = call.hasKeptWaiting(now, longest);
        if (late) {
            onSlow.run();
            call.giveUp(why);
        }
        return late;
    }
}
