package gpuanalytics.producer.receive.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A call under way: what it holds until it has ended, be it by an answer or because its client has
 * gone, and nobody works for it any more; and whose turn it is. While it is its client's, the call
 * may be given up. Whoever takes the turn has the call for itself, so it is closed once.
 */
final class OpenCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    /** Somebody works for it. */
    private static final int OURS = -1;

    /** Its client has the answer or has gone. */
    private static final int OVER = -2;

    private final OpenCalls calls;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger holders = new AtomicInteger(1);

    /** The round since which it is its client's turn, or whose turn it is instead. */
    private final AtomicInteger turn;

    /** Whether it is answered: all that it waits for is that its client reads that. */
    private boolean isClosed;

    /** A call that has a place. */
    OpenCall(ServerCall<Q, A> call, OpenCalls calls) {
        super(call);
        this.calls = calls;
        this.turn = new AtomicInteger(calls.round());
    }

    boolean isOfOneMessage() {
        return getMethodDescriptor().getType().clientSendsOneMessage();
    }

    /** Takes the turn to work on what has come; false where that comes too late. */
    boolean begin() {
        int since = turn.get();
        return since >= 0 && !isClosed && turn.compareAndSet(since, OURS);
    }

    /** It is its client's turn: to send more, or to read the answer. */
    void awaitClient() {
        var _ = turn.compareAndSet(OURS, calls.round());
    }

    /** Its client has the answer or has gone. */
    void end() {
        if (turn.getAndSet(OVER) != OVER) {
            calls.forget(this);
            release();
        }
    }

    /** The round since which it is its client's turn; negative while it is not. */
    int waitsSince() {
        return turn.get();
    }

    /** Takes the turn of a client that has had it for longer than it may. */
    boolean hasKeptWaiting(int now, long patience) {
        int since = turn.get();
        return since >= 0 && now - since > patience && turn.compareAndSet(since, OURS);
    }

    /** Ends a call whose turn was taken; one whose answer is not read has its place no longer. */
    void giveUp(Status why) {
        if (isClosed) {
            end();
        } else {
            close(why, new Metadata());
            awaitClient();
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        isClosed = true;
        super.close(status, trailers);
    }

    /** One more who releases it. */
    void share() {
        holders.incrementAndGet();
    }

    boolean take(long more) {
        if (!calls.budget().take(more)) {
            return false;
        }
        bytes.addAndGet(more);
        return true;
    }

    /** Gives back what the messages before took: of a stream one is held at a time. */
    void giveBack() {
        calls.budget().give(bytes.getAndSet(0));
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            giveBack();
            calls.leave();
        }
    }
}
