package gpuanalytics.producer.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gpuanalytics.producer.health.PartHealth;
import gpuanalytics.service.config.ConfigurationException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /health}, {@code /health/live}, {@code /health/ready}, {@code /metrics} and {@code /rate}.
 */
public final class ProducerHttp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerHttp.class);
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_BODY_BYTES = 1024;
    private static final String JSON_TYPE = "application/json";
    private static final String PROBLEM_TYPE = "application/problem+json";

    /** Seconds that a client has for its request, and that it may leave a connection idle. */
    private static final String REQUEST_TIMEOUT_SECONDS = "30";

    private final HttpServer server;
    private final ExecutorService workers =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    private final Options options;

    /**
     * What is served.
     *
     * @param host the address to listen on
     * @param port the port; 0 takes a free one
     * @param parts the state of each part
     * @param live whether the process can still do its work
     * @param meters the metrics
     * @param rate the live rate, where the source has one
     * @param minRate the least rate that may be set
     * @param maxRate the largest rate that may be set
     */
    public record Options(
            String host,
            int port,
            Supplier<List<PartHealth>> parts,
            Supplier<Boolean> live,
            PrometheusMeterRegistry meters,
            Optional<RateControl> rate,
            double minRate,
            double maxRate) {}

    /** What a request is answered with. */
    private record Answer(int status, String type, String body) {}

    /** Answers a request. */
    private interface Handler {
        Answer answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    /** Writes fields of an object. */
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private ProducerHttp(HttpServer server, Options options) {
        this.server = server;
        this.options = options;
    }

    /**
     * Starts to listen.
     *
     * @throws ConfigurationException if the address cannot be listened on
     */
    public static ProducerHttp start(Options options) {
        System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_TIMEOUT_SECONDS);
        var http = new ProducerHttp(listen(options), options);
        http.route("/health", _ -> http.health(http.isReady()));
        http.route("/health/ready", _ -> http.health(http.isReady()));
        http.route("/health/live", _ -> http.health(options.live().get()));
        http.route("/metrics", _ -> http.metrics());
        http.route("/rate", http::rate);
        http.server.setExecutor(http.workers);
        http.server.start();
        LOG.atInfo()
                .addKeyValue("host", options.host())
                .addKeyValue("port", http.port())
                .log("HTTP");
        return http;
    }

    private static HttpServer listen(Options options) {
        var address = new InetSocketAddress(options.host(), options.port());
        if (address.isUnresolved()) {
            throw new ConfigurationException(
                    List.of(
                            "HTTP_HOST is %s, expected an address of this machine"
                                    .formatted(options.host())));
        }
        try {
            return HttpServer.create(address, 0);
        } catch (BindException e) {
            throw new ConfigurationException(
                    List.of(
                            "HTTP_PORT is %d, which cannot be listened on at %s (%s), expected a"
                                            .formatted(
                                                    options.port(), options.host(), e.getMessage())
                                    + " free port (0 takes one)"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void route(String path, Handler handler) {
        var _ =
                server.createContext(
                        path,
                        exchange -> {
                            try (exchange) {
                                send(exchange, answer(path, exchange, handler));
                            }
                        });
    }

    private Answer answer(String path, HttpExchange exchange, Handler handler) throws IOException {
        // a context also gets what lies below its path
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return problem(404, "no such path, expected /health, /metrics or /rate");
        }
        boolean writable = path.equals("/rate");
        var method = exchange.getRequestMethod();
        boolean known =
                switch (method) {
                    case "GET", "HEAD" -> true;
                    case "PUT" -> writable;
                    default -> false;
                };
        if (!known) {
            return problem(
                    405,
                    "method is %s, expected GET%s".formatted(method, writable ? " or PUT" : ""));
        }
        try {
            return handler.answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return problem(503, "the producer is stopping");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        var body = answer.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private boolean isReady() {
        return options.live().get() && options.parts().get().stream().allMatch(PartHealth::up);
    }

    private Answer health(boolean good) throws IOException {
        var body =
                object(
                        json -> {
                            json.writeStringField("status", isReady() ? "ok" : "degraded");
                            json.writeArrayFieldStart("parts");
                            for (var part : options.parts().get()) {
                                writePart(json, part);
                            }
                            json.writeEndArray();
                        });
        return new Answer(good ? 200 : 503, JSON_TYPE, body);
    }

    private static void writePart(JsonGenerator json, PartHealth part) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", part.name());
        json.writeBooleanField("up", part.up());
        json.writeStringField("detail", part.detail());
        json.writeStringField("since", part.since().toString());
        json.writeEndObject();
    }

    private Answer metrics() {
        return new Answer(
                200, "text/plain; version=0.0.4; charset=utf-8", options.meters().scrape());
    }

    private Answer rate(HttpExchange exchange) throws IOException, InterruptedException {
        if (options.rate().isEmpty()) {
            return problem(
                    409,
                    "a replay has no rate, its pace is REPLAY_SPEED; expected SOURCE synthetic");
        }
        var control = options.rate().get();
        if (exchange.getRequestMethod().equals("PUT")) {
            var wanted = readRate(exchange.getRequestBody().readNBytes(MAX_BODY_BYTES));
            if (wanted.isEmpty()) {
                return problem(
                        400,
                        "rate is not usable, expected {\"rate\": N} with N from %s to %.0f"
                                .formatted(options.minRate(), options.maxRate()));
            }
            try {
                control.change(wanted.getAsDouble());
            } catch (IOException e) {
                return problem(503, String.valueOf(e.getMessage()));
            }
            LOG.atInfo().addKeyValue("rate", wanted.getAsDouble()).log("rate changed");
        }
        return new Answer(200, JSON_TYPE, rateBody(control.rate()));
    }

    private static String rateBody(RateControl.Rate rate) throws IOException {
        return object(
                json -> {
                    json.writeNumberField("rate", rate.rate());
                    json.writeNumberField("share", rate.share());
                    json.writeNumberField("shards", rate.shards());
                    json.writeNumberField("shards_total", rate.shardsTotal());
                });
    }

    /** The number in a body that is a number or an object with the field {@code rate}. */
    private OptionalDouble readRate(byte[] body) {
        try (var json = JSON.createParser(body)) {
            var token = json.nextToken();
            if (token == JsonToken.START_OBJECT) {
                if (!"rate".equals(json.nextFieldName())) {
                    return OptionalDouble.empty();
                }
                token = json.nextToken();
            }
            if (token == null || !token.isNumeric()) {
                return OptionalDouble.empty();
            }
            double rate = json.getDoubleValue();
            boolean allowed = rate >= options.minRate() && rate <= options.maxRate();
            return allowed ? OptionalDouble.of(rate) : OptionalDouble.empty();
        } catch (IOException ignored) {
            return OptionalDouble.empty(); // answered with what was expected
        }
    }

    private static Answer problem(int status, String detail) throws IOException {
        var body =
                object(
                        json -> {
                            json.writeStringField("type", "about:blank");
                            json.writeStringField("title", title(status));
                            json.writeNumberField("status", status);
                            json.writeStringField("detail", detail);
                        });
        return new Answer(status, PROBLEM_TYPE, body);
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            default -> "Service Unavailable";
        };
    }

    private static String object(Fields fields) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return out.toString(UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
