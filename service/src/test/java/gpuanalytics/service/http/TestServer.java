package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A listener on a free port, over endpoints that a test declares. */
final class TestServer implements AutoCloseable {

    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final HttpMetrics metrics = new HttpMetrics(registry, "test");
    final HttpListener listener;
    private final HttpClient client = HttpClient.newHttpClient();

    TestServer(
            int maxConnections,
            Duration readTimeout,
            Function<HttpMetrics, List<Endpoint>> endpoints) {
        this(new HttpSettings("127.0.0.1", 0, maxConnections, readTimeout), endpoints);
    }

    TestServer(HttpSettings settings, Function<HttpMetrics, List<Endpoint>> endpoints) {
        listener = HttpListener.start(settings, Routes.of(endpoints.apply(metrics)), metrics);
    }

    TestServer(Function<HttpMetrics, List<Endpoint>> endpoints) {
        this(HttpSettings.DEFAULT_MAX_CONNECTIONS, HttpSettings.DEFAULT_READ_TIMEOUT, endpoints);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d%s".formatted(listener.port(), path)))
                        .timeout(Duration.ofSeconds(20))
                        .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    /** A client that takes only a little at a time, which it does not read unless told. */
    Socket connect() throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(50_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        return socket;
    }

    static void ask(Socket socket, String path) throws IOException {
        ask(socket, path, "identity");
    }

    static void ask(Socket socket, String path, String encoding) throws IOException {
        socket.getOutputStream()
                .write(
                        "GET %s HTTP/1.1\r\nhost: x\r\naccept-encoding: %s\r\n\r\n"
                                .formatted(path, encoding)
                                .getBytes(UTF_8));
    }

    double metric(String name) {
        return registry.get(name).gauge().value();
    }

    @Override
    public void close() {
        client.shutdownNow();
        listener.close();
    }
}
