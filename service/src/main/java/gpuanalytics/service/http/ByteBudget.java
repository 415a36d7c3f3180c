package gpuanalytics.service.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that may be held at the same time, over all requests. Any thread may take and give. */
public final class ByteBudget {

    private final long most;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();

    public ByteBudget(long most) {
        if (most < 1) {
            throw new IllegalArgumentException(
                    "budget is %d bytes, expected 1 or more".formatted(most));
        }
        this.most = most;
    }

    /** A budget that nothing exhausts. */
    static ByteBudget unlimited() {
        return new ByteBudget(Long.MAX_VALUE);
    }

    /** Takes bytes; false where so many are not left, and then none are taken. */
    public boolean take(long bytes) {
        long before = taken.get();
        while (bytes <= most - before) {
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = taken.get();
        }
        refusals.incrementAndGet();
        return false;
    }

    /** How often there were not enough left. */
    public long refusals() {
        return refusals.get();
    }

    /** Gives back what was taken. */
    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** How many bytes are taken. */
    public long taken() {
        return taken.get();
    }
}
