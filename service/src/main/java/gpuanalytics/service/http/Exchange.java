package gpuanalytics.service.http;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, and the writing of its one answer. */
final class Exchange {

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private static final int NOT_MODIFIED = 304;

    private final RoutingContext context;
    private final Vertx vertx;
    private final Context loop;
    private final HttpServerResponse response;
    private final Duration readTimeout;
    private final CorsOrigins origins;
    private final HttpMetrics metrics;
    private final Timer.Sample started;
    private final AtomicBoolean answered = new AtomicBoolean();

    /** Made on the connection's event loop. */
    Exchange(RoutingContext context, HttpSettings settings, HttpMetrics metrics) {
        this.context = context;
        this.vertx = context.vertx();
        this.loop = vertx.getOrCreateContext();
        this.response = context.response();
        this.readTimeout = settings.readTimeout();
        this.origins = settings.origins();
        this.metrics = metrics;
        this.started = Timer.start(metrics.registry());
    }

    RoutingContext context() {
        return context;
    }

    /** Whether the caller is the one who answers; true once. */
    boolean claim() {
        return answered.compareAndSet(false, true);
    }

    /** Tells when the answer has reached the client, or will not any more. */
    void onEnd(Runnable told) {
        context.addEndHandler(_ -> told.run());
    }

    /** Tells when the client is gone before the answer has reached it. */
    void onClientGone(Runnable told) {
        context.addEndHandler(
                ended -> {
                    if (ended.failed()) {
                        told.run();
                    }
                });
    }

    /** Cuts a client off that does not read, or sends too slowly. */
    void cutOff() {
        log.atDebug().addKeyValue("client", context.request().remoteAddress()).log("cut off");
        metrics.cutOff().increment();
        abandon();
    }

    /** Ends the connection where the answer is not whole, without waiting for what is under way. */
    void abandon() {
        loop.runOnContext(
                _ -> {
                    if (!response.ended()) {
                        var _ = response.reset();
                    }
                });
    }

    /** Answers with a problem where nothing has been answered yet; else ends the connection. */
    void breakOff(String path, Answer problem) {
        loop.runOnContext(
                _ -> {
                    if (response.headWritten()) {
                        abandon();
                    } else {
                        send(path, Map.of(), problem);
                    }
                });
    }

    /**
     * Hands over an answer that is at hand. Called on the event loop by who has made the claim; a
     * client that does not read it in time is cut off.
     */
    void send(String path, Map<String, String> headers, Answer answer) {
        if (response.ended() || response.closed()) {
            return;
        }
        if (!(answer.body() instanceof Body.Bytes(byte[] bytes))) {
            throw new IllegalStateException(path + " streams its answer, expected a gate for it");
        }
        head(path, headers, answer);
        if (answer.status() != NOT_MODIFIED) {
            // there it would be the length of what the client has already
            response.putHeader("content-length", Integer.toString(bytes.length));
        }
        long timer = vertx.setTimer(readTimeout.toMillis(), _ -> cutOff());
        var sent = isHead() ? response.end() : response.end(Buffer.buffer(bytes));
        sent.onComplete(_ -> vertx.cancelTimer(timer));
    }

    /**
     * Writes an answer as fast as the client reads it. Called by who has made the claim, on a
     * thread that may block; returns when the client has all of it.
     *
     * @throws ClientGoneException when the client has closed its connection or did not read
     */
    void deliver(String path, Map<String, String> headers, Answer answer)
            throws IOException, InterruptedException {
        var out = new BodyStream(this, () -> head(path, headers, answer), isHead(), answer.body());
        switch (answer.body()) {
            case Body.Bytes(byte[] bytes) -> out.finish(bytes);
            case Body.Streamed(Body.Writer writer, boolean _) -> {
                writer.writeTo(out);
                out.finish();
            }
            case Body.Endless(Body.Writer writer) -> {
                out.begin();
                if (!isHead()) {
                    writer.writeTo(out);
                }
                out.finish();
            }
        }
    }

    /** The origin of the page that asks; null where none does. */
    @Nullable String origin() {
        return context.request().getHeader("origin");
    }

    HttpServerResponse response() {
        return response;
    }

    Duration readTimeout() {
        return readTimeout;
    }

    private boolean isHead() {
        return context.request().method().equals(HttpMethod.HEAD);
    }

    private void head(String path, Map<String, String> headers, Answer answer) {
        started.stop(metrics.requests(path, answer.status()));
        response.setStatusCode(answer.status());
        SecurityHeaders.put(response.headers());
        response.putHeader("content-type", answer.contentType());
        response.putHeader("cache-control", "no-store");
        response.putHeader("vary", "accept, accept-encoding");
        origins.put(origin(), response.headers());
        headers.forEach(response::putHeader);
        answer.headers().forEach(response::putHeader);
    }

    /**
     * Does a step on the event loop and waits until its bytes have left for the client.
     *
     * @param limitNanos a client that takes longer is cut off
     */
    void await(Supplier<Future<Void>> step, long limitNanos)
            throws ClientGoneException, InterruptedException {
        var done = new CompletableFuture<Void>();
        loop.runOnContext(_ -> start(step, done));
        try {
            done.get(limitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            cutOff();
            throw new ClientGoneException("the client did not read within " + readTimeout, e);
        } catch (ExecutionException e) {
            throw new ClientGoneException("the client is gone", e);
        }
    }

    /** A response that is closed says so by throwing. */
    private static void start(Supplier<Future<Void>> step, CompletableFuture<Void> done) {
        try {
            var _ = step.get().onSuccess(done::complete).onFailure(done::completeExceptionally);
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }
}
