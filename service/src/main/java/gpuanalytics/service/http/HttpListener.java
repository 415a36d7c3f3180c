package gpuanalytics.service.http;

import gpuanalytics.service.config.ConfigurationException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a program listens for HTTP, from when {@link #start} returns until {@link #close}. */
public final class HttpListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

    /** Room for a hundred filters. */
    private static final int MAX_REQUEST_LINE_BYTES = 64 * 1024;

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int IDLE_TIMEOUT_S = 60;

    /** Smaller bodies grow by compression. */
    private static final int MIN_COMPRESSED_BYTES = 1024;

    private static final int START_TIMEOUT_S = 10;
    private static final int CLOSE_TIMEOUT_S = 2;

    private final Vertx vertx;
    private final HttpServer server;
    private boolean closed;

    private HttpListener(Vertx vertx, HttpServer server) {
        this.vertx = vertx;
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @throws ConfigurationException when it cannot, in one line that names the variable
     */
    public static HttpListener start(HttpSettings settings, Routes routes, HttpMetrics metrics) {
        var vertx = Vertx.vertx(vertxOptions());
        var connections = new Connections(settings.maxConnections(), metrics);
        var router = new EndpointRouter(vertx, routes, settings, connections, metrics).router();
        var server =
                vertx.createHttpServer(serverOptions(settings))
                        .connectionHandler(connections::opened)
                        .requestHandler(router)
                        .invalidRequestHandler(HttpListener::refuse);
        var listener = new HttpListener(vertx, server);
        try {
            listener.listen(settings);
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
        return listener;
    }

    /** Nothing is served from files. */
    private static VertxOptions vertxOptions() {
        return new VertxOptions()
                .setFileSystemOptions(
                        new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false));
    }

    private static HttpServerOptions serverOptions(HttpSettings settings) {
        var options = plainOptions();
        settings.tls()
                .ifPresent(
                        files ->
                                options.setSsl(true)
                                        .setKeyCertOptions(
                                                new PemKeyCertOptions()
                                                        .setCertPath(files.certificate().toString())
                                                        .setKeyPath(files.key().toString())));
        return options;
    }

    private static HttpServerOptions plainOptions() {
        return new HttpServerOptions()
                // Java's own client asks to upgrade by default and at times loses the frames behind
                // the 101: of a thousand scrapes of a busy server one or two never ended.
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout(IDLE_TIMEOUT_S)
                .setCompressionSupported(true)
                .setCompressionContentSizeThreshold(MIN_COMPRESSED_BYTES);
    }

    private void listen(HttpSettings settings) {
        var failure = await(server.listen(settings.port(), settings.host()), START_TIMEOUT_S);
        switch (failure) {
            case null ->
                    log.atInfo()
                            .addKeyValue("host", settings.host())
                            .addKeyValue("port", port())
                            .log("HTTP");
            case BindException taken ->
                    throw unusable(
                            "%s_PORT is %d, expected a free port of %s (%s_HOST; 0 takes one): %s"
                                    .formatted(
                                            settings.variables(),
                                            settings.port(),
                                            settings.host(),
                                            settings.variables(),
                                            taken.getMessage()));
            default ->
                    throw unusable(
                            settings.tls().isEmpty()
                                    ? "%s_HOST is %s, expected an address of this machine: %s"
                                            .formatted(
                                                    settings.variables(),
                                                    settings.host(),
                                                    failure.getMessage())
                                    : "no TLS at %s with %s and %s, expected an address of this machine, a certificate and its key as PEM: %s"
                                            .formatted(
                                                    settings.host(),
                                                    settings.tls().get().certificate(),
                                                    settings.tls().get().key(),
                                                    failure.getMessage()));
        }
    }

    private static ConfigurationException unusable(String error) {
        return new ConfigurationException(List.of(error));
    }

    /** What is not HTTP, or more of it than there may be, never reaches the router. */
    private static void refuse(HttpServerRequest request) {
        var detail =
                "expected HTTP with at most %d bytes of request line and %d of headers"
                        .formatted(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES);
        var problem =
                switch (request.decoderResult().cause()) {
                    case TooLongHttpLineException _ -> Problem.of(414, "uri-too-long", detail);
                    case TooLongHttpHeaderException _ ->
                            Problem.of(431, "headers-too-large", detail);
                    default -> Problem.of(400, "malformed-request", detail);
                };
        var answer = problem.answer();
        var response = request.response().setStatusCode(answer.status());
        SecurityHeaders.put(response.headers());
        var _ =
                response.putHeader("content-type", answer.contentType())
                        .putHeader("connection", "close")
                        .end(Buffer.buffer(((Body.Bytes) answer.body()).bytes()));
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Takes no new requests and gives those that are being answered a short time to end. Safe to
     * call again.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        var _ = await(server.shutdown(CLOSE_TIMEOUT_S, TimeUnit.SECONDS), 2 * CLOSE_TIMEOUT_S);
        if (await(vertx.close(), CLOSE_TIMEOUT_S) != null) {
            log.atWarn().log("HTTP did not end in time");
        }
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
