package gpuanalytics.producer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.synthetic.SyntheticConfig;
import gpuanalytics.producer.source.synthetic.SyntheticSource;
import gpuanalytics.producer.source.synthetic.shard.ShardShare;
import gpuanalytics.service.config.ConfigurationException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A configuration that is accepted never ends the program later. */
class ConfigurationCornersTest {

    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final int SHARDS = 12;
    private static final int MOST_EVENTS = 2_000;
    private static final int MOST_ROUNDS = 20_000;

    private static SyntheticConfig synthetic(Map<String, String> environment) {
        return assertInstanceOf(
                SyntheticConfig.class,
                ProducerConfig.fromEnvironment(environment).sources().get(SourceKind.SYNTHETIC));
    }

    @Test
    void everyAcceptedCornerGivesEventsOfTheContract() {
        int accepted = 0;
        for (var environment : corners()) {
            SyntheticConfig source;
            try {
                source = synthetic(environment);
            } catch (ConfigurationException e) {
                continue; // the next test says what is refused
            }
            accepted++;
            assertGivesSamples(source, environment);
        }
        assertEquals(32, accepted, "corners are accepted");
    }

    /** Each end of each range with each end of the others; some move together. */
    private static List<Map<String, String>> corners() {
        var others =
                List.of(
                        Map.of(
                                "FLEET_INTERVAL_S", "0.01",
                                "CATCH_UP_S", "1",
                                "PRICE_PER_HOUR_USD", "0"),
                        Map.of(
                                "FLEET_INTERVAL_S", "3600",
                                "CATCH_UP_S", "86400",
                                "PRICE_PER_HOUR_USD", "10000"));
        var corners = new ArrayList<Map<String, String>>();
        for (var rate : List.of("0.1", "5.56", "1000000")) {
            for (var gpus : List.of("1", "10000")) {
                for (var batch : List.of("1", "100000")) {
                    for (var sleep : List.of("0", "3600")) {
                        for (var other : others) {
                            var corner = new HashMap<>(other);
                            corner.put("RATE", rate);
                            corner.put("FLEET_GPUS", gpus);
                            corner.put("BATCH", batch);
                            corner.put("SLEEP_SEC", sleep);
                            corner.put("SEED", "1");
                            corners.add(corner);
                        }
                    }
                }
            }
        }
        return corners;
    }

    /** Takes events as the loop does, pauses included; an event beyond the contract throws. */
    private static void assertGivesSamples(
            SyntheticConfig config, Map<String, String> environment) {
        double rate = config.shards().configuredRate();
        var share =
                new ShardShare(
                        SHARDS,
                        IntStream.range(0, SHARDS)
                                .boxed()
                                .collect(Collectors.toMap(shard -> shard, _ -> rate)));
        var source = new SyntheticSource(config.options(), () -> share);
        var pause =
                config.pause()
                        .orElse(
                                Duration.ofNanos(
                                        (long) (Math.min(config.batch() / rate, 1) * 1e9)));
        int events = 0;
        boolean sampled = false;
        var now = START;
        for (int round = 0; round < MOST_ROUNDS && events < MOST_EVENTS && !sampled; round++) {
            var due = source.nextDue(now);
            var afterPause = now.plus(pause);
            now = due.isAfter(afterPause) ? due : afterPause;
            var batch = source.take(now, Math.min(config.batch(), MOST_EVENTS));
            events += batch.size();
            sampled = batch.stream().anyMatch(ConfigurationCornersTest::isSample);
        }
        // at the highest rate a second has more requests than are looked at here
        assertTrue(sampled || events >= MOST_EVENTS, () -> "no sample with " + environment);
    }

    private static boolean isSample(Event event) {
        return event.topic() == EventTopic.GPU_METRICS
                && event.require(GpuMetric.INTERVAL_S) <= 3600;
    }

    @Test
    void refusesARateAtWhichSomeGpuWouldGiveNoSampleWithinAnHour() {
        assertEquals(
                List.of(
                        "RATE is 5.0 with 10000 GPUs, expected at least 5.56: a sample of each and"
                                + " as many usages an hour"),
                assertThrows(
                                ConfigurationException.class,
                                () -> synthetic(Map.of("RATE", "5", "FLEET_GPUS", "10000")))
                        .errors());
        assertEquals(
                5.56,
                synthetic(Map.of("RATE", "5.56", "FLEET_GPUS", "10000")).shards().configuredRate());
    }

    @Test
    void refusesTheSameRateWhileItRuns() throws Exception {
        var config =
                ProducerConfig.fromEnvironment(
                        Map.of(
                                "KAFKA_BOOTSTRAP", "127.0.0.1:1",
                                "HTTP_PORT", "0",
                                "FLEET_GPUS", "10000"));
        try (var producer = Producer.start(config);
                var http = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:%d/rate"
                                                    .formatted(producer.httpPort())))
                            .PUT(HttpRequest.BodyPublishers.ofString("{\"rate\": 5}"))
                            .build();

            var answer = http.send(request, BodyHandlers.ofString());

            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("from 5.56 to 1000000"), answer.body());
        }
    }

    @Test
    void aRateThatWasSetForASmallerFleetEndsNothing() {
        // the shards topic keeps a change of the rate while FLEET_GPUS grows
        var options = synthetic(Map.of("FLEET_GPUS", "10000")).options();
        var share = new ShardShare(1, Map.of(0, 0.1));
        var source = new SyntheticSource(options, () -> share);
        source.nextDue(START);

        var events = source.take(START.plus(Duration.ofHours(1)), 10_000);

        assertEquals(10_000, events.size());
        assertEquals(3600, events.getFirst().require(GpuMetric.INTERVAL_S));
    }

    @Test
    void refusesAGpuWhoseSamplesTheContractWouldNotTake() {
        var longName = "x".repeat(5000);
        for (var field :
                List.of(
                        "\"name\":\"%s\"".formatted(longName),
                        "\"name\":\"L4\",\"host\":\"%s\"".formatted(longName),
                        "\"name\":\"L4\",\"price_per_hour_usd\":10001")) {
            var errors =
                    assertThrows(
                                    ConfigurationException.class,
                                    () -> synthetic(Map.of("GPU_SEED", "[{%s}]".formatted(field))))
                            .errors();
            assertEquals(1, errors.size());
            assertTrue(errors.getFirst().startsWith("GPU_SEED cannot be used: "));
        }
    }

    @Test
    void refusesANameOfARunThatCannotBePartOfAnIdentity() {
        for (var name : List.of("a b", "x".repeat(65), "a/b")) {
            assertEquals(
                    List.of(
                            "REPLAY_RUN is %s, expected 1 to 64 letters, digits, dots, dashes or underscores"
                                    .formatted(name)),
                    assertThrows(
                                    ConfigurationException.class,
                                    () -> synthetic(Map.of("REPLAY_RUN", name)))
                            .errors());
        }
    }
}
