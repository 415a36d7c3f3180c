package gpuanalytics.producer.receive.prometheus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.WriteSettings;
import gpuanalytics.producer.translate.EventWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of remote write as events; {@code -Dfuzz.seed} repeats a run. */
class WriteTranslationTest {

    private static final long NOW = Instant.parse("2026-11-28T12:00:00Z").toEpochMilli();
    private static final int MINUTE = 60_000;

    private final EventWriter events =
            new EventWriter(
                    new EventCodec(EventLimits.defaults()),
                    Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));
    private CounterBook book = new CounterBook(100);

    private WriteTranslation translated(Writes request) {
        var settings = new WriteSettings(true, 100, Duration.ofMinutes(10));
        try {
            var translation = new WriteTranslation(events, settings, book);
            translation.translate(WriteRequest.read(request.bytes()), 100);
            return translation;
        } catch (BadRequestException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Event> events(WriteTranslation translation) {
        return translation.items().stream()
                .flatMap(item -> item instanceof Told.Fact(var event, _) ? Stream.of(event) : null)
                .toList();
    }

    /** What it says, of which all is in Kafka. */
    private List<Event> told(Writes request) {
        var translation = translated(request);
        translation.commit();
        return events(translation);
    }

    private static Writes prompt(int minute, double tokens) {
        return new Writes()
                .add(
                        "vllm:prompt_tokens_total",
                        Map.of(
                                "model_name", "m",
                                "instance", "10.0.0.1:8000",
                                "pod", "llama-0",
                                "namespace", "ml"),
                        NOW + (long) minute * MINUTE,
                        tokens);
    }

    @Test
    void readingsOfAnExporterAtOneTimeAreSamplesOfItsGpus() {
        var labels =
                Map.of(
                        "gpu", "0",
                        "UUID", "GPU-a",
                        "modelName", "H100",
                        "instance", "10.0.0.7:9400",
                        "job", "dcgm",
                        "pod", "dcgm-exporter-x",
                        "exported_pod", "mine");
        var samples =
                told(
                        new Writes()
                                .add("DCGM_FI_DEV_GPU_UTIL", labels, NOW, 50)
                                .add("DCGM_FI_DEV_FB_USED", labels, NOW, 2)
                                .add("DCGM_FI_DEV_GPU_UTIL", labels, NOW - MINUTE, 40)
                                .add("go_goroutines", Map.of(), NOW, 4));

        assertEquals(2, samples.size());
        var sample = samples.getFirst();
        assertEquals(Instant.ofEpochMilli(NOW), sample.ts());
        assertEquals(0.5, sample.get(GpuMetric.UTILIZATION));
        assertEquals(2L << 20, sample.get(GpuMetric.MEM_USED_BYTES));
        assertEquals("10.0.0.7", sample.get(GpuMetric.HOST));
        assertEquals("mine", sample.get(GpuMetric.POD));
        assertEquals("prometheus", sample.get(GpuMetric.SOURCE));
    }

    @Test
    void countersOfTokensAreUsagesOfWhatTheyRoseBy() {
        assertEquals(List.of(), told(prompt(-5, 100)));

        var usage = told(prompt(-4, 160)).getFirst();

        assertEquals(60L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals(0L, usage.get(TokenUsage.REQUESTS));
        assertEquals("m", usage.get(TokenUsage.MODEL));
        assertEquals("llama-0", usage.get(TokenUsage.POD));
        assertEquals("ml", usage.get(TokenUsage.NAMESPACE));
        assertEquals(List.of(), told(prompt(-4, 160)), "a sample that is known");
        assertEquals(List.of(), told(prompt(-5, 100)), "a sample that is older");
        assertEquals(
                7L, told(prompt(-3, 7)).getFirst().get(TokenUsage.PROMPT_TOKENS), "it began anew");
    }

    @Test
    void aRequestThatIsNotInKafkaComesAgainAndSaysTheSame() {
        told(prompt(-5, 100));

        var first = events(translated(prompt(-4, 160)));
        var again = told(prompt(-4, 160));

        assertEquals(first, again);
        assertEquals(1, again.size());
    }

    @Test
    void allSamplesOfASeriesInOneRequestCount() {
        told(prompt(-5, 100));
        var labels = Map.of("model_name", "m", "instance", "i");
        var usages =
                told(
                        new Writes()
                                .add("vllm:prompt_tokens_total", labels, NOW - 2 * MINUTE, 30)
                                .add("vllm:prompt_tokens_total", labels, NOW - 3 * MINUTE, 10)
                                .add("vllm:prompt_tokens_total", labels, NOW - MINUTE, 35));

        // the second is older than what is known by then
        assertEquals(
                List.of(5L),
                usages.stream().map(usage -> usage.get(TokenUsage.PROMPT_TOKENS)).toList());
    }

    @Test
    void partsOfAnIntervalInTwoRequestsAreTwoUsages() {
        var labels = Map.of("model_name", "m", "instance", "i");
        told(
                new Writes()
                        .add("vllm:prompt_tokens_total", labels, NOW - MINUTE, 1)
                        .add("vllm:request_success_total", labels, NOW - MINUTE, 1));

        var tokens = told(new Writes().add("vllm:prompt_tokens_total", labels, NOW, 4));
        var requests = told(new Writes().add("vllm:request_success_total", labels, NOW, 3));

        assertEquals(3L, tokens.getFirst().get(TokenUsage.PROMPT_TOKENS));
        assertEquals(0L, tokens.getFirst().get(TokenUsage.REQUESTS));
        assertEquals(0L, requests.getFirst().get(TokenUsage.PROMPT_TOKENS));
        assertEquals(2L, requests.getFirst().get(TokenUsage.REQUESTS));
        assertNotEquals(
                tokens.getFirst().get(TokenUsage.EVENT_ID),
                requests.getFirst().get(TokenUsage.EVENT_ID));
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "11, 0"})
    void aCounterThatWasSilentTooLongIsAGap(int minutes, int usages) {
        told(prompt(-minutes, 100));

        assertEquals(usages, told(prompt(0, 160)).size());
    }

    @Test
    void theCounterThatIsSilentLongestIsForgotten() {
        book = new CounterBook(1);
        told(prompt(-5, 100));
        told(
                new Writes()
                        .add(
                                "vllm:prompt_tokens_total",
                                Map.of("model_name", "other"),
                                NOW - 4 * MINUTE,
                                1));

        assertEquals(List.of(), told(prompt(-3, 160)));
    }

    @Test
    void aMarkOfStalenessIsNoValue() {
        told(prompt(-5, 100));

        assertEquals(List.of(), told(prompt(-4, Double.longBitsToDouble(0x7ff0000000000002L))));
        assertEquals(60L, told(prompt(-3, 160)).getFirst().get(TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void tooManyEventsAreRefused() throws Exception {
        var request = new Writes();
        for (int i = 0; i < 3; i++) {
            request.add("DCGM_FI_DEV_GPU_UTIL", Map.of("UUID", "g" + i), NOW, 1);
        }
        var series = WriteRequest.read(request.bytes());
        var translation =
                new WriteTranslation(
                        events, new WriteSettings(true, 100, Duration.ofMinutes(10)), book);

        assertEquals(
                "body has more than 2 events, expected at most 2",
                assertThrows(BadRequestException.class, () -> translation.translate(series, 2))
                        .problem());
    }

    @Test
    void whatIsDamagedIsReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var random = new Random(seed);
        var good = prompt(0, 3).add("DCGM_FI_DEV_GPU_UTIL", Map.of("gpu", "0"), NOW, 1).bytes();
        for (int i = 0; i < 20_000; i++) {
            var bytes = good.clone();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                var settings = new WriteSettings(true, 100, Duration.ofMinutes(10));
                new WriteTranslation(events, settings, book)
                        .translate(WriteRequest.read(bytes), 100);
            } catch (BadRequestException e) {
                assertEquals("body", e.problem().substring(0, 4));
            } catch (RuntimeException e) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ", round " + i, e);
            }
        }
    }
}
