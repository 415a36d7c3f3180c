package gpuanalytics.processor.dashboard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.WorkGate;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Server-sent events for open pages: every second the state of the pipeline, which is the heartbeat
 * too, and {@code changed} where answers may have changed since the second before.
 */
public final class StateStream implements AutoCloseable {

    static final String MEDIA_TYPE = "text/event-stream";

    private static final long TICK_MS = 1000;

    /** How long a browser waits before it connects again. */
    private static final byte[] RETRY = "retry: 2000\n\n".getBytes(US_ASCII);

    private static final byte[] STATE = "event: state\ndata: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);

    private final Supplier<PipelineState> state;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param state answers at once
     */
    public StateStream(Supplier<PipelineState> state) {
        this.state = state;
    }

    /**
     * The path of the stream.
     *
     * @param gate its slots are the streams that may be open
     */
    public Endpoint endpoint(WorkGate gate) {
        return Endpoint.get(
                        "/stream",
                        List.of(MEDIA_TYPE),
                        _ -> Answer.ok(MEDIA_TYPE, new Body.Endless(this::write)))
                .behind(gate);
    }

    private void write(OutputStream out) throws IOException, InterruptedException {
        out.write(RETRY);
        long writes = -1;
        do {
            var now = state.get();
            out.write(STATE);
            out.write(Json.bytes(now::writeTo).bytes());
            out.write(END);
            if (writes >= 0 && writes != now.counts().writes()) {
                out.write(changed(now.counts().writes()));
            }
            writes = now.counts().writes();
            out.flush();
        } while (!closed.await(TICK_MS, TimeUnit.MILLISECONDS));
    }

    private static byte[] changed(long writes) {
        return "event: changed\ndata: {\"writes\":%d}\n\n".formatted(writes).getBytes(US_ASCII);
    }

    /** Ends every stream, so that a shutdown waits for none. */
    @Override
    public void close() {
        closed.countDown();
    }
}
