package gpuanalytics.producer.receive.grpc;

import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.ByteBudget;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets calls in: with a token that opens the door, while fewer are under way than may be and they
 * hold fewer bytes than they may.
 */
final class Admission implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final BearerTokens tokens;
    private final Semaphore calls;
    private final ByteBudget budget;

    Admission(BearerTokens tokens, int maxCalls, ByteBudget budget) {
        this.tokens = tokens;
        this.calls = new Semaphore(maxCalls);
        this.budget = budget;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!tokens.admit(headers.get(AUTHORIZATION))) {
            return refused(
                    call,
                    Status.UNAUTHENTICATED.withDescription(
                            "no token that opens this door, expected authorization: Bearer …"),
                    new Metadata());
        }
        if (!calls.tryAcquire()) {
            return refused(
                    call,
                    Retry.status("as many calls are under way as may be"),
                    Retry.after(RETRY_AFTER));
        }
        var hold = new Hold();
        return new Counted<>(next.startCall(call, headers), call, hold);
    }

    private static <Q, A> ServerCall.Listener<Q> refused(
            ServerCall<Q, A> call, Status status, Metadata trailers) {
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    /** What a call holds until it has ended, be it by an answer or because its client has gone. */
    private final class Hold {

        private final AtomicLong bytes = new AtomicLong();
        private final AtomicBoolean released = new AtomicBoolean();

        boolean take(long more) {
            if (!budget.take(more)) {
                return false;
            }
            bytes.addAndGet(more);
            return true;
        }

        /** Gives back what the messages before took: of a stream one is held at a time. */
        void giveBack() {
            budget.give(bytes.getAndSet(0));
        }

        void release() {
            if (released.compareAndSet(false, true)) {
                giveBack();
                calls.release();
            }
        }
    }

    private static final class Counted<Q, A> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, A> call;
        private final Hold hold;
        private boolean refused;

        Counted(ServerCall.Listener<Q> listener, ServerCall<Q, A> call, Hold hold) {
            super(listener);
            this.call = call;
            this.hold = hold;
        }

        @Override
        public void onMessage(Q message) {
            if (refused) {
                return;
            }
            if (OtlpServices.isTooLarge(message)) {
                refused = true;
                call.close(
                        Status.RESOURCE_EXHAUSTED.withDescription(
                                "message is larger than one may be when it is decompressed"),
                        new Metadata());
                return;
            }
            if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
                hold.giveBack();
            }
            if (message instanceof byte[] bytes && !hold.take(bytes.length)) {
                refused = true;
                call.close(
                        Retry.status("the calls under way hold as many bytes as they may together"),
                        Retry.after(RETRY_AFTER));
                return;
            }
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }

        @Override
        public void onComplete() {
            hold.release();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            hold.release();
            super.onCancel();
        }
    }
}
