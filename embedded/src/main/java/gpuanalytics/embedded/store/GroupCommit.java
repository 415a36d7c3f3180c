package gpuanalytics.embedded.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Commits for many: commands that were applied together share one commit, and each is told only of
 * one that came after it and succeeded. Any thread may use it.
 */
final class GroupCommit {

    private final Runnable commit;
    private final AtomicLong applied = new AtomicLong();
    private long committed;

    /**
     * @param commit makes all applied commands durable, while none is being applied; throws when it
     *     could not
     */
    GroupCommit(Runnable commit) {
        this.commit = commit;
    }

    /** A command was applied. */
    void applied() {
        applied.incrementAndGet();
    }

    /** Returns once every command applied before the call is durable; throws what a commit does. */
    void await() {
        long mine = applied.get();
        synchronized (this) {
            if (committed < mine) {
                long covered = applied.get();
                commit.run();
                // Only now: after a commit that failed, those who wait must try again.
                committed = covered;
            }
        }
    }
}
