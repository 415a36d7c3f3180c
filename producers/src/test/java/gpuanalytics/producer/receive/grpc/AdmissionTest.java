package gpuanalytics.producer.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.ByteBudget;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final byte[] MESSAGE = new byte[1000];

    private static final MethodDescriptor<byte[], byte[]> UNARY =
            MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("a/b")
                    .setRequestMarshaller(OtlpServices.BYTES)
                    .setResponseMarshaller(OtlpServices.BYTES)
                    .build();

    private final ByteBudget budget = new ByteBudget(10_000);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final Queue<String> answered = new ArrayDeque<>();

    @Test
    void aCallIsAnsweredOnAnotherThreadThanItCameOn() throws IOException {
        var admission = admission(work::add);

        told(admission, new Call());

        assertEquals(0, answered.size());
        work.remove().run();
        assertEquals(1, answered.size());
    }

    @Test
    void aCallWhoseClientHasGoneIsHeldUntilNobodyWorksForItAnyMore() throws IOException {
        var admission = admission(work::add);
        told(admission, new Call()).onCancel();

        assertEquals(MESSAGE.length, budget.taken());
        assertEquals(Status.Code.UNAVAILABLE, refused(admission));

        work.remove().run();
        assertEquals(0, budget.taken());
        assertNull(refused(admission));
    }

    @Test
    void aCallThatIsAnsweredIsHeldUntilItsClientHasTheAnswer() throws IOException {
        var admission = admission(work::add);
        var listener = told(admission, new Call());

        work.remove().run();
        assertEquals(MESSAGE.length, budget.taken());
        assertEquals(Status.Code.UNAVAILABLE, refused(admission));

        listener.onComplete();
        assertEquals(0, budget.taken());
        assertNull(refused(admission));
    }

    @Test
    void aCallThatComesWhileTheDoorClosesIsToComeAgain() throws IOException {
        var admission =
                admission(
                        _ -> {
                            throw new RejectedExecutionException();
                        });
        var call = new Call();
        var listener = told(admission, call);

        assertEquals(Status.Code.UNAVAILABLE, call.code());
        assertNotNull(call.trailers);
        listener.onComplete();
        assertEquals(0, budget.taken());
        assertNull(refused(admission));
    }

    @Test
    void aFaultOfOursEndsTheCall() throws IOException {
        var admission = admission(work::add);
        var call = new Call();
        var listener =
                admission.interceptCall(
                        call,
                        new Metadata(),
                        (_, _) ->
                                new ServerCall.Listener<>() {
                                    @Override
                                    public void onHalfClose() {
                                        throw new IllegalStateException("a fault");
                                    }
                                });
        listener.onMessage(MESSAGE);
        listener.onHalfClose();

        assertThrows(IllegalStateException.class, work.remove()::run);
        assertEquals(Status.Code.INTERNAL, call.code());
        listener.onComplete();
        assertEquals(0, budget.taken());
    }

    private Admission admission(Executor threads) throws IOException {
        return new Admission(new BearerTokens(Optional.empty()), 1, budget, threads);
    }

    /** A call whose message has come. */
    private ServerCall.Listener<byte[]> told(Admission admission, Call call) {
        var listener = admission.interceptCall(call, new Metadata(), (_, _) -> new Answering());
        listener.onMessage(MESSAGE);
        listener.onHalfClose();
        return listener;
    }

    /** How another call is refused, null where it is let in; it ends at once. */
    private Status.@Nullable Code refused(Admission admission) {
        var call = new Call();
        admission.interceptCall(call, new Metadata(), (_, _) -> new Answering()).onCancel();
        return call.status == null ? null : call.code();
    }

    private final class Answering extends ServerCall.Listener<byte[]> {
        @Override
        public void onHalfClose() {
            answered.add("answer");
        }
    }

    /** A call that notes how it ends. */
    private static final class Call extends ServerCall<byte[], byte[]> {

        private @Nullable Status status;
        private @Nullable Metadata trailers;

        Status.@Nullable Code code() {
            return status == null ? null : status.getCode();
        }

        @Override
        public void request(int messages) {
            // all come
        }

        @Override
        public void sendHeaders(Metadata headers) {
            // nobody reads them
        }

        @Override
        public void sendMessage(byte[] message) {
            // nobody reads it
        }

        @Override
        public void close(Status how, Metadata with) {
            status = how;
            trailers = with;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
            return UNARY;
        }
    }
}
