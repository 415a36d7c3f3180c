package gpuanalytics.producer.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.ByteBudget;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdmissionTest {

    private static final byte[] MESSAGE = new byte[1000];

    /** Rounds of the sweep that a client may keep the door waiting. */
    private static final int PATIENCE = 3;

    private final ByteBudget budget = new ByteBudget(10_000);
    private final AtomicInteger slow = new AtomicInteger();
    private final OpenCalls calls =
            new OpenCalls(1, budget, Duration.ofSeconds(PATIENCE), slow::incrementAndGet);
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

    @ParameterizedTest
    @EnumSource(
            value = MethodType.class,
            names = {"UNARY", "CLIENT_STREAMING", "BIDI_STREAMING"})
    void aCallWhoseMessageDoesNotComeIsToldSoAndItsPlaceIsFree(MethodType type) throws IOException {
        var admission = admission(work::add);
        var call = new Call(type);
        var listener = begun(admission, call);

        sweep(PATIENCE);
        assertNull(call.status);
        assertEquals(1, calls.taken());

        sweep(1);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, call.code());
        listener.onMessage(MESSAGE);
        listener.onHalfClose();
        assertEquals(0, work.size());
        listener.onComplete();
        assertEquals(0, calls.taken());
        assertEquals(0, budget.taken());
        assertNull(refused(admission));
    }

    @Test
    void aCallWhoseEndDoesNotFollowItsMessageIsToldSoToo() throws IOException {
        var call = new Call();
        var listener = begun(admission(work::add), call);
        sweep(PATIENCE);
        listener.onMessage(MESSAGE);

        sweep(PATIENCE);
        assertNull(call.status);

        sweep(1);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, call.code());
        listener.onComplete();
        assertEquals(0, budget.taken());
    }

    @Test
    void aStreamMayLastAsLongAsItsMessagesCome() throws IOException {
        var call = new Call(MethodType.CLIENT_STREAMING);
        var listener = begun(admission(work::add), call);
        for (int n = 0; n < 5; n++) {
            sweep(PATIENCE);
            listener.onMessage(MESSAGE);
        }
        assertNull(call.status);

        sweep(PATIENCE + 1);
        assertEquals(Status.Code.DEADLINE_EXCEEDED, call.code());
    }

    @Test
    void timeThatWeTakeIsNotTheClients() throws IOException {
        var admission = admission(work::add);
        var call = new Call();
        told(admission, call);
        var stream = new Call(MethodType.CLIENT_STREAMING);

        sweep(PATIENCE + 1);
        assertNull(call.status);
        work.remove().run();

        new OpenCall<>(stream, calls).begin();
        sweep(PATIENCE + 1);
        assertNull(stream.status);
    }

    @Test
    void anAnswerThatIsNotReadHoldsNoPlaceForEver() throws IOException {
        var admission = admission(work::add);
        var call = new Call();
        var listener = told(admission, call);
        work.remove().run();

        sweep(PATIENCE);
        assertEquals(1, calls.taken());

        sweep(1);
        assertEquals(Status.Code.OK, call.code());
        assertEquals(0, budget.taken());
        assertNull(refused(admission));
        listener.onComplete();
        assertEquals(0, calls.taken());
    }

    @Test
    void aCallThatWasGivenUpAndDoesNotReadThatEitherHoldsNoPlaceForEver() throws IOException {
        begun(admission(work::add), new Call());

        sweep(PATIENCE + 1);
        assertEquals(1, calls.taken());
        sweep(PATIENCE + 1);
        assertEquals(0, calls.taken());
    }

    @Test
    void whereOthersFindNoPlaceTheOneThatWaitsLongestIsEndedSooner() throws IOException {
        var two = new OpenCalls(2, budget, Duration.ofSeconds(10), () -> {});
        var admission = new Admission(new BearerTokens(Optional.empty()), two, work::add);
        var first = new Call();
        begun(admission, first);
        two.sweep();
        var second = new Call();
        begun(admission, second);
        two.sweep();
        two.sweep();
        assertNull(first.status, "nobody wanted its place");

        assertEquals(Status.Code.UNAVAILABLE, refused(admission));
        two.sweep();

        assertEquals(Status.Code.DEADLINE_EXCEEDED, first.code());
        assertNull(second.status);
    }

    @Test
    void whoIsTurnedAwayAndWhoIsSlowIsCounted() throws IOException {
        var admission = admission(work::add);
        begun(admission, new Call());

        refused(admission);
        refused(admission);
        assertEquals(2, calls.turnedAway());
        assertEquals(0, slow.get());

        sweep(PATIENCE + 1);
        assertEquals(1, slow.get());
    }

    private void sweep(int rounds) {
        for (int n = 0; n < rounds; n++) {
            calls.sweep();
        }
    }

    private Admission admission(Executor threads) throws IOException {
        return new Admission(new BearerTokens(Optional.empty()), calls, threads);
    }

    /** A call whose headers have come. */
    private ServerCall.Listener<byte[]> begun(Admission admission, Call call) {
        return admission.interceptCall(
                call, new Metadata(), (answering, _) -> new Answering(answering));
    }

    /** A call whose message has come. */
    private ServerCall.Listener<byte[]> told(Admission admission, Call call) {
        var listener = begun(admission, call);
        listener.onMessage(MESSAGE);
        listener.onHalfClose();
        return listener;
    }

    /** How another call is refused, null where it is let in; it ends at once. */
    private Status.@Nullable Code refused(Admission admission) {
        var call = new Call();
        begun(admission, call).onCancel();
        return call.status == null ? null : call.code();
    }

    private final class Answering extends ServerCall.Listener<byte[]> {

        private final ServerCall<byte[], byte[]> call;

        Answering(ServerCall<byte[], byte[]> call) {
            this.call = call;
        }

        @Override
        public void onHalfClose() {
            answered.add("answer");
            call.close(Status.OK, new Metadata());
        }
    }

    /** A call that notes how it ends. */
    private static final class Call extends ServerCall<byte[], byte[]> {

        private final MethodDescriptor<byte[], byte[]> method;
        private @Nullable Status status;
        private @Nullable Metadata trailers;

        Call() {
            this(MethodType.UNARY);
        }

        Call(MethodType type) {
            method =
                    MethodDescriptor.<byte[], byte[]>newBuilder()
                            .setType(type)
                            .setFullMethodName("a/b")
                            .setRequestMarshaller(OtlpServices.BYTES)
                            .setResponseMarshaller(OtlpServices.BYTES)
                            .build();
        }

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
            assertNull(status, "closed twice");
            status = how;
            trailers = with;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
            return method;
        }
    }
}
