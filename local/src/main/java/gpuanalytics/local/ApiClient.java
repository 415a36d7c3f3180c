package gpuanalytics.local;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/** Reads results back through the processor's HTTP interface, as any other client would. */
final class ApiClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Further ahead than an event's time may be. */
    private static final Duration MAX_LEAD = Duration.ofDays(1);

    /** Also those of a trace that is years old. */
    private static final String EVERY_GPU = "/gpu/info?max_age=all";

    /** Before every trace there is. */
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");

    /**
     * The sums over everything stored.
     *
     * @param requests token usages
     * @param promptTokens prompt tokens
     * @param completionTokens completion tokens
     * @param samples GPU samples
     */
    record Totals(long requests, long promptTokens, long completionTokens, long samples) {

        Totals minus(Totals other) {
            return new Totals(
                    requests - other.requests,
                    promptTokens - other.promptTokens,
                    completionTokens - other.completionTokens,
                    samples - other.samples);
        }

        @Override
        public String toString() {
            return "%,d requests, %,d prompt and %,d completion tokens, %,d GPU samples"
                    .formatted(requests, promptTokens, completionTokens, samples);
        }
    }

    /**
     * What one model did.
     *
     * @param p50Ms median latency, absent where no request has one
     * @param p95Ms the latency that 95 % of requests do not exceed
     */
    record Model(
            String name,
            long requests,
            long promptTokens,
            long completionTokens,
            OptionalDouble p50Ms,
            OptionalDouble p95Ms) {}

    /** The means over the latest samples of all GPUs; a reading that none has is absent. */
    record Fleet(
            int gpus,
            OptionalDouble utilization,
            OptionalDouble memoryBytes,
            OptionalDouble watts) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();
    private final String base;

    ApiClient(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    Totals totals() throws IOException, InterruptedException {
        var totals = get("/tokens?" + everything() + "&step=total").path("totals");
        return new Totals(
                totals.path("requests").asLong(),
                totals.path("prompt_tokens").asLong(),
                totals.path("completion_tokens").asLong(),
                samples());
    }

    List<Model> models() throws IOException, InterruptedException {
        var models = new ArrayList<Model>();
        for (var row : get("/tokens?" + everything() + "&step=total&group_by=model").path("rows")) {
            models.add(
                    new Model(
                            row.path("model").asText("-"),
                            row.path("requests").asLong(),
                            row.path("prompt_tokens").asLong(),
                            row.path("completion_tokens").asLong(),
                            number(row.path("latency_ms").path("p50")),
                            number(row.path("latency_ms").path("p95"))));
        }
        return models;
    }

    Fleet fleet() throws IOException, InterruptedException {
        var gpus = get(EVERY_GPU).path("gpus");
        return new Fleet(
                gpus.size(),
                mean(gpus, "utilization"),
                mean(gpus, "mem_used_bytes"),
                mean(gpus, "power_w"));
    }

    /** What everything stored has cost, by model. */
    Bill bill(int gpus) throws IOException, InterruptedException {
        return Bill.read(get("/costs?" + everything() + "&step=total&group_by=model"), gpus);
    }

    private long samples() throws IOException, InterruptedException {
        long samples = 0;
        for (var gpu : get(EVERY_GPU).path("gpus")) {
            var path = "/gpus/%s/series?%s&step=total".formatted(encoded(gpu, "gpu"), everything());
            var instance =
                    gpu.path("mig_id").isMissingNode() ? "" : "&mig_id=" + encoded(gpu, "mig_id");
            for (var point : get(path + instance).path("points")) {
                samples += point.path("samples").asLong();
            }
        }
        return samples;
    }

    private static String everything() {
        return "from=%s&to=%s".formatted(FIRST, Instant.now().plus(MAX_LEAD));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).build();
        var response = http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(
                    "%s answers %d: %s"
                            .formatted(
                                    path,
                                    response.statusCode(),
                                    new String(response.body(), StandardCharsets.UTF_8)));
        }
        return json.readTree(response.body());
    }

    private static String encoded(JsonNode gpu, String field) {
        return URLEncoder.encode(gpu.path(field).asText(), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    private static OptionalDouble mean(JsonNode rows, String field) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> row.path(field))
                .filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::asDouble)
                .average();
    }

    @Override
    public void close() {
        http.close();
    }
}
