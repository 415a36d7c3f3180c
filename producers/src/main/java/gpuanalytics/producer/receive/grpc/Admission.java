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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets calls in: with a token that opens the door, while fewer are under way than may be and they
 * hold fewer bytes than they may. Those of one message come on an event loop and are answered on
 * threads, for that waits.
 */
final class Admission implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final BearerTokens tokens;
    private final Semaphore calls;
    private final ByteBudget budget;
    private final Executor threads;

    Admission(BearerTokens tokens, int maxCalls, ByteBudget budget, Executor threads) {
        this.tokens = tokens;
        this.calls = new Semaphore(maxCalls);
        this.budget = budget;
        this.threads = threads;
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
        return new Counted<>(next.startCall(call, headers), call, new Hold(), threads);
    }

    private static <Q, A> ServerCall.Listener<Q> refused(
            ServerCall<Q, A> call, Status status, Metadata trailers) {
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    /**
     * What a call holds until it has ended, be it by an answer or because its client has gone, and
     * nobody works for it any more.
     */
    private final class Hold {

        private final AtomicLong bytes = new AtomicLong();
        private final AtomicInteger holders = new AtomicInteger(1);

        /** One more who releases it. */
        void share() {
            holders.incrementAndGet();
        }

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
            if (holders.decrementAndGet() == 0) {
                giveBack();
                calls.release();
            }
        }
    }

    private static final class Counted<Q, A> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, A> call;
        private final Hold hold;
        private final Executor threads;
        private boolean refused;

        Counted(
                ServerCall.Listener<Q> listener,
                ServerCall<Q, A> call,
                Hold hold,
                Executor threads) {
            super(listener);
            this.call = call;
            this.hold = hold;
            this.threads = threads;
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
            if (refused) {
                return;
            }
            if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
                super.onHalfClose();
                return;
            }
            hold.share();
            try {
                threads.execute(this::answer);
            } catch (RejectedExecutionException _) {
                hold.release();
                call.close(Retry.status("the door closes"), Retry.after(RETRY_AFTER));
            }
        }

        private void answer() {
            try {
                super.onHalfClose();
            } catch (RuntimeException | Error e) {
                call.close(Status.INTERNAL, new Metadata());
                throw e;
            } finally {
                hold.release();
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
