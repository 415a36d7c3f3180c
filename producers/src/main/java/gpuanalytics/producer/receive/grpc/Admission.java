package gpuanalytics.producer.receive.grpc;

import gpuanalytics.service.http.BearerTokens;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Lets calls in: with a token that opens the door, while fewer are under way than may be and they
 * hold fewer bytes than they may. Those of one message come on an event loop and are answered on
 * threads, for that waits. Where a call's client has not sent what is next, or not read the answer,
 * {@link OpenCalls} does not wait for ever.
 */
final class Admission implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final BearerTokens tokens;
    private final OpenCalls calls;
    private final Executor threads;

    Admission(BearerTokens tokens, OpenCalls calls, Executor threads) {
        this.tokens = tokens;
        this.calls = calls;
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
        if (!calls.enter()) {
            return refused(
                    call,
                    Retry.status("as many calls are under way as may be"),
                    Retry.after(RETRY_AFTER));
        }
        var open = new OpenCall<>(call, calls);
        var listener = new Counted<>(next.startCall(open, headers), open, threads);
        calls.watch(open);
        return listener;
    }

    private static <Q, A> ServerCall.Listener<Q> refused(
            ServerCall<Q, A> call, Status status, Metadata trailers) {
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    private static final class Counted<Q, A> extends SimpleForwardingServerCallListener<Q> {

        private final OpenCall<Q, A> call;
        private final Executor threads;

        Counted(ServerCall.Listener<Q> listener, OpenCall<Q, A> call, Executor threads) {
            super(listener);
            this.call = call;
            this.threads = threads;
        }

        @Override
        public void onMessage(Q message) {
            if (!call.begin()) {
                return;
            }
            if (isTaken(message)) {
                super.onMessage(message);
            }
            call.awaitClient();
        }

        private boolean isTaken(Q message) {
            if (OtlpServices.isTooLarge(message)) {
                call.close(
                        Status.RESOURCE_EXHAUSTED.withDescription(
                                "message is larger than one may be when it is decompressed"),
                        new Metadata());
                return false;
            }
            if (!call.isOfOneMessage()) {
                call.giveBack();
            }
            if (message instanceof byte[] bytes && !call.take(bytes.length)) {
                call.close(
                        Retry.status("the calls under way hold as many bytes as they may together"),
                        Retry.after(RETRY_AFTER));
                return false;
            }
            return true;
        }

        @Override
        public void onHalfClose() {
            if (!call.begin()) {
                return;
            }
            if (!call.isOfOneMessage()) {
                super.onHalfClose();
                call.awaitClient();
                return;
            }
            call.share();
            try {
                threads.execute(this::answer);
            } catch (RejectedExecutionException _) {
                call.release();
                call.close(Retry.status("the door closes"), Retry.after(RETRY_AFTER));
                call.awaitClient();
            }
        }

        private void answer() {
            try {
                super.onHalfClose();
            } catch (RuntimeException | Error e) {
                call.close(Status.INTERNAL, new Metadata());
                throw e;
            } finally {
                call.release();
                call.awaitClient();
            }
        }

        @Override
        public void onComplete() {
            call.end();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            call.end();
            super.onCancel();
        }
    }
}
