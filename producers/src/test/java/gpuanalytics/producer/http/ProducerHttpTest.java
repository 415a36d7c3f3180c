package gpuanalytics.producer.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.producer.source.RateControl;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.HttpSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerHttpTest {

    /** A rate that is changed at once, or not at all. */
    private static final class OwnRate implements RateControl {

        private double rate = 200;
        private boolean broken;

        @Override
        public Rate rate() {
            return new Rate(rate, rate / 2, 6, 12);
        }

        @Override
        public void change(double eventsPerSecond) throws IOException {
            if (broken) {
                throw new IOException("no answer from Kafka");
            }
            rate = eventsPerSecond;
        }
    }

    private final OwnRate rate = new OwnRate();
    private final AtomicBoolean up = new AtomicBoolean(true);
    private final AtomicBoolean live = new AtomicBoolean(true);
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient client = HttpClient.newHttpClient();
    private ProducerHttp http;

    @BeforeEach
    void start() {
        http = start(Optional.of(rate));
    }

    private ProducerHttp start(Optional<RateControl> control) {
        return ProducerHttp.start(HttpSettings.at("127.0.0.1", 0), this::health, meters, control);
    }

    private HealthReport health() {
        return new HealthReport(
                live.get(),
                List.of(new HealthReport.Part("kafka", up.get(), "fine", Instant.EPOCH)));
    }

    @AfterEach
    void stop() {
        http.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:%d%s".formatted(http.port(), path));
        return client.send(
                HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    @Test
    void healthNamesEveryPart() throws Exception {
        var healthy = send("GET", "/health", "");

        assertEquals(200, healthy.statusCode());
        assertEquals(
                "{\"status\":\"ok\",\"parts\":[{\"name\":\"kafka\",\"up\":true,\"detail\":\"fine\","
                        + "\"since\":\"1970-01-01T00:00:00Z\"}]}",
                healthy.body());
    }

    @Test
    void aPartThatIsDownMakesItUnreadyButNotDead() throws Exception {
        up.set(false);

        assertEquals(503, send("GET", "/health", "").statusCode());
        assertEquals(503, send("GET", "/health/ready", "").statusCode());
        assertEquals(200, send("GET", "/health/live", "").statusCode());

        live.set(false);
        assertEquals(503, send("GET", "/health/live", "").statusCode());
    }

    @Test
    void changesTheRate() throws Exception {
        var expected = "{\"rate\":500.0,\"share\":250.0,\"shards\":6,\"shards_total\":12}";

        assertEquals(expected, send("PUT", "/rate", "{\"rate\": 500}").body());
        assertEquals(expected, send("GET", "/rate", "").body());
        assertEquals(200, send("PUT", "/rate", "0.5").statusCode());
        assertEquals(0.5, rate.rate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "abc", "0", "-1", "1e9", "{}", "{\"rate\":\"5\"}", "[5]", "NaN", "null"})
    void refusesABadRate(String body) throws Exception {
        var answer = send("PUT", "/rate", body);

        assertEquals(400, answer.statusCode());
        assertEquals("application/problem+json", answer.headers().firstValue("Content-Type").get());
        assertTrue(answer.body().contains("with N from 0.1 to 1000000"), answer.body());
        assertEquals(200, rate.rate);
    }

    @Test
    void saysWhenTheRateCouldNotBeChanged() throws Exception {
        rate.broken = true;

        var answer = send("PUT", "/rate", "5");

        assertEquals(503, answer.statusCode());
        assertTrue(answer.body().contains("no answer from Kafka"), answer.body());
    }

    @Test
    void aReplayHasNoRate() throws Exception {
        http.close();
        http = start(Optional.empty());

        assertEquals(409, send("GET", "/rate", "").statusCode());
    }

    @Test
    void refusesOtherPathsAndMethods() throws Exception {
        assertEquals(404, send("GET", "/health/nothing", "").statusCode());
        assertEquals(404, send("GET", "/", "").statusCode());
        assertEquals(405, send("DELETE", "/rate", "").statusCode());
        assertEquals(405, send("POST", "/health", "").statusCode());
    }

    @Test
    void servesMetrics() throws Exception {
        meters.counter("producer.test").increment();

        assertTrue(send("GET", "/metrics", "").body().contains("producer_test_total 1.0"));
    }
}
