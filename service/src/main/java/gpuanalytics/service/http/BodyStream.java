package gpuanalytics.service.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The body of an answer on its way: a chunk at a time, the next only when the one before has left
 * for the client, and one that is at hand as a whole. An answer that fits one chunk is sent with
 * its length; nothing of an answer is sent before its first chunk is full, so that a failure until
 * then can still become a problem.
 */
final class BodyStream extends OutputStream {

    /** What an answer that is made while it is read holds here at most, where nobody reads it. */
    static final int CHUNK_BYTES = 32 * 1024;

    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final Runnable head;
    private final boolean headOnly;
    private final boolean endless;
    private final boolean byParts;
    private final long deadlineNanos;
    private byte[] chunk = NOTHING;
    private int filled;
    private long written;
    private boolean begun;

    /**
     * @param head sets status and headers; run on the event loop
     * @param headOnly the body is counted and not sent, as for HEAD
     */
    BodyStream(Exchange exchange, Runnable head, boolean headOnly, Body body) {
        this.exchange = exchange;
        this.head = head;
        this.headOnly = headOnly;
        this.endless = body instanceof Body.Endless;
        this.byParts = endless || (body instanceof Body.Streamed(var _, var isLong) && isLong);
        this.deadlineNanos = System.nanoTime() + exchange.readTimeout().toNanos();
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        written += length;
        if (headOnly) {
            return;
        }
        if (chunk.length == 0) {
            chunk = new byte[CHUNK_BYTES];
        }
        for (int done = 0; done < length; ) {
            int taken = Math.min(length - done, CHUNK_BYTES - filled);
            System.arraycopy(bytes, from + done, chunk, filled, taken);
            filled += taken;
            done += taken;
            if (filled == CHUNK_BYTES) {
                push();
            }
        }
    }

    /** Of an endless body what is there reaches the client now; others wait for a full chunk. */
    @Override
    public void flush() throws IOException {
        if (endless && filled > 0) {
            push();
        }
    }

    /** Sends the head of an endless body before there is anything in it. */
    void begin() throws IOException {
        if (!headOnly) {
            await(
                    () -> {
                        startChunked();
                        return exchange.response().writeHead();
                    });
        }
    }

    private void push() throws IOException {
        var bytes = Buffer.buffer(Arrays.copyOf(chunk, filled));
        filled = 0;
        await(
                () -> {
                    startChunked();
                    return exchange.response().write(bytes);
                });
    }

    private void startChunked() {
        if (begun) {
            return;
        }
        begun = true;
        head.run();
        exchange.response().setChunked(true);
        if (endless) {
            // a compressor would keep events until it has enough of them
            exchange.response().putHeader("content-encoding", "identity");
        }
    }

    /** Sends an answer that is at hand as one, for it is held whatever is sent of it. */
    void finish(byte[] whole) throws IOException {
        written = whole.length;
        finish(headOnly ? Buffer.buffer() : Buffer.buffer(whole));
    }

    /** Sends the rest and waits until the client has it. */
    void finish() throws IOException {
        var rest = Buffer.buffer(Arrays.copyOf(chunk, filled));
        filled = 0;
        finish(rest);
    }

    private void finish(Buffer rest) throws IOException {
        await(
                () -> {
                    if (!begun) {
                        begun = true;
                        head.run();
                        if (!endless) {
                            exchange.response().putHeader("content-length", Long.toString(written));
                        }
                    }
                    return exchange.response().end(rest);
                });
    }

    private void await(Supplier<Future<Void>> step) throws IOException {
        try {
            exchange.await(step, limitNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client reads");
        }
    }

    /** An endless or long body has the whole time for each chunk, any other for all of them. */
    private long limitNanos() {
        return byParts
                ? exchange.readTimeout().toNanos()
                : Math.max(1, deadlineNanos - System.nanoTime());
    }
}
