package gpuanalytics.processor.api;

import gpuanalytics.processor.health.HealthReport;
import gpuanalytics.processor.query.UsageQueries;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of the processor: from when {@link #start} returns until {@link #close} it
 * answers what {@code openapi.yaml} says.
 */
public final class HttpApi implements AutoCloseable {

    /** Room for a hundred filters. */
    private static final int MAX_REQUEST_LINE_BYTES = 64 * 1024;

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int IDLE_TIMEOUT_S = 60;

    /** Smaller bodies grow by compression. */
    private static final int MIN_COMPRESSED_BYTES = 1024;

    private static final int START_TIMEOUT_S = 10;
    private static final int CLOSE_TIMEOUT_S = 2;

    private final HttpServer server;
    private final Router router;

    private HttpApi(HttpServer server, Router router) {
        this.server = server;
        this.router = router;
    }

    /**
     * Starts to listen.
     *
     * @param health answers at once: it is asked on the event loop
     * @throws IllegalStateException when it cannot listen, in one line that names the variable
     */
    public static HttpApi start(
            Vertx vertx,
            HttpConfig config,
            UsageQueries queries,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry metrics) {
        return start(vertx, config, queries, health, metrics, Clock.systemUTC());
    }

    static HttpApi start(
            Vertx vertx,
            HttpConfig config,
            UsageQueries queries,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry metrics,
            Clock clock) {
        var endpoints = Endpoints.of(vertx, config.limits(), queries, health, metrics, clock);
        var router = new ApiRouter(vertx, health, metrics).route(endpoints);
        var server =
                vertx.createHttpServer(options())
                        .requestHandler(router)
                        .invalidRequestHandler(HttpApi::refuse);
        listen(server, config);
        return new HttpApi(server, router);
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout(IDLE_TIMEOUT_S)
                .setCompressionSupported(true)
                .setCompressionContentSizeThreshold(MIN_COMPRESSED_BYTES);
    }

    private static void listen(HttpServer server, HttpConfig config) {
        var failure = await(server.listen(config.port(), config.host()), START_TIMEOUT_S);
        if (failure instanceof BindException) {
            throw new IllegalStateException(
                    "HTTP_PORT is %d, expected a free port of %s (HTTP_HOST): %s"
                            .formatted(config.port(), config.host(), failure.getMessage()),
                    failure);
        }
        if (failure != null) {
            throw new IllegalStateException(
                    "HTTP_HOST is %s, expected an address of this machine: %s"
                            .formatted(config.host(), failure.getMessage()),
                    failure);
        }
    }

    /** What is not HTTP, or more of it than there may be, never reaches the router. */
    private static void refuse(HttpServerRequest request) {
        var type =
                switch (request.decoderResult().cause()) {
                    case TooLongHttpLineException _ -> Problem.Type.URI_TOO_LONG;
                    case TooLongHttpHeaderException _ -> Problem.Type.HEADERS_TOO_LARGE;
                    default -> Problem.Type.MALFORMED_REQUEST;
                };
        var detail =
                "expected HTTP with at most %d bytes of request line and %d of headers"
                        .formatted(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES);
        var answer = Problem.of(type, detail).answer();
        var response = request.response().setStatusCode(answer.status());
        SecurityHeaders.put(response.headers());
        response.putHeader("content-type", answer.contentType())
                .putHeader("connection", "close")
                .end(Buffer.buffer(answer.body()));
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    /** What is routed, for comparison with the contract. */
    Router router() {
        return router;
    }

    /** Takes no new requests and gives those that are being answered a short time to end. */
    @Override
    public void close() {
        var _ = await(server.shutdown(CLOSE_TIMEOUT_S, TimeUnit.SECONDS), 2 * CLOSE_TIMEOUT_S);
    }

    /** Why the future failed, or null where it did not. */
    private static @Nullable Throwable await(Future<?> future, int timeoutSeconds) {
        try {
            future.toCompletionStage().toCompletableFuture().get(timeoutSeconds, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            return e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
    }
}
