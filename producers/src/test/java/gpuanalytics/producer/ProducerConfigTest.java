package gpuanalytics.producer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.producer.source.replay.ReplayConfig;
import gpuanalytics.producer.source.synthetic.SyntheticConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.Startup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerConfigTest {

    private static SyntheticConfig synthetic(Map<String, String> environment) {
        return assertInstanceOf(
                SyntheticConfig.class,
                ProducerConfig.fromEnvironment(environment).sources().get(SourceKind.SYNTHETIC));
    }

    private static List<String> errors(Map<String, String> environment) {
        return assertThrows(
                        ConfigurationException.class,
                        () -> ProducerConfig.fromEnvironment(environment))
                .errors();
    }

    @Test
    void simulatesTwoHundredEventsPerSecondByDefault() {
        var source = synthetic(Map.of());

        assertEquals(200, source.shards().configuredRate());
        assertEquals(96, source.options().fleet().size());
        assertEquals(20, source.batch());
        assertEquals(Optional.empty(), source.pause());
    }

    @Test
    void sleepSecKeepsTheOriginalsMeaning() {
        var source = synthetic(Map.of("BATCH", "30", "SLEEP_SEC", "0.5", "RATE", "200"));

        assertEquals(60, source.shards().configuredRate());
        assertEquals(Optional.of(Duration.ofMillis(500)), source.pause());
    }

    @Test
    void acceptsTheOriginalsListOfGpus() {
        var seed =
                """
                [{"gpu_index": 0, "name": "NVIDIA RTX 3090", "mem_total_mb": 24576, "x": [1]},
                 {"gpu_index": 0, "name": "NVIDIA A100 40GB", "price_per_hour_usd": 1.2}]\
                """;

        var gpus = synthetic(Map.of("GPU_SEED", seed)).options().fleet().gpus();

        assertEquals(2, gpus.size());
        assertEquals("NVIDIA RTX 3090", gpus.getFirst().model().name());
        assertEquals(24_576L << 20, gpus.getFirst().model().memoryBytes());
        assertEquals(1.2, gpus.getLast().pricePerHourUsd());
        assertTrue(!gpus.getFirst().host().equals(gpus.getLast().host()), "two identities");
    }

    @Test
    void aPriceHoldsForEveryGpu() {
        var fleet = synthetic(Map.of("PRICE_PER_HOUR_USD", "2.5")).options().fleet();

        assertTrue(
                fleet.gpus().stream()
                        .allMatch(gpu -> Double.valueOf(2.5).equals(gpu.pricePerHourUsd())));
    }

    @Test
    void readsAReplay() {
        var config =
                ProducerConfig.fromEnvironment(
                        Map.of(
                                "SOURCE", "replay",
                                "REPLAY_FILES", "a.csv,b.csv",
                                "REPLAY_SPEED", "max"));

        var options =
                assertInstanceOf(ReplayConfig.class, config.sources().get(SourceKind.REPLAY))
                        .options();
        assertEquals(List.of(Path.of("a.csv"), Path.of("b.csv")), options.files());
        assertEquals(OptionalDouble.empty(), options.speed());
    }

    @Test
    void reportsEveryErrorTogether() {
        assertEquals(
                List.of(
                        "COMPRESSION is gzip, expected lz4 or zstd or none",
                        "BATCH is 0, expected a whole number from 1 to 100000",
                        "RATE is abc, expected a number from 0.1 to 1000000",
                        "GPU_SEED cannot be used: GPU 0 has no name, expected one such as RTX 3090",
                        "REPLAY_SPEED is 0, expected max or a number from 0.001 to 1000000",
                        "REPLAY_FILES names 0 files, expected 1 to 100 with SOURCE replay"),
                errors(
                        Map.of(
                                "SOURCE", "replay",
                                "RATE", "abc",
                                "BATCH", "0",
                                "COMPRESSION", "gzip",
                                "GPU_SEED", "[{}]",
                                "REPLAY_SPEED", "0")));
    }

    @Test
    void runsSeveralSourcesEachWithItsOwnVariables() {
        var config =
                ProducerConfig.fromEnvironment(
                        Map.of(
                                "SOURCES", "replay, synthetic",
                                "REPLAY_FILES", "a.csv",
                                "FLEET_GPUS", "3"));

        assertEquals(Set.of(SourceKind.SYNTHETIC, SourceKind.REPLAY), config.sources().keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "vllm, http, '', 1",
        "vllm, grpc, gateway=logs, 1",
        "vllm, http, llama-server=scrape, 0",
        "vllm, '', '', 0",
        "synthetic, http, '', 0",
    })
    void countersThatAreScrapedBesideAnOpenDoorAreAWarning(
            String source, String doors, String usageFrom, int warnings) {
        var config =
                ProducerConfig.fromEnvironment(
                        Map.of(
                                "SOURCE", source,
                                "DOORS", doors,
                                "DOOR_USAGE_FROM", usageFrom,
                                "VLLM_TARGETS", "localhost:8000"));

        assertEquals(warnings, config.warnings().size());
    }

    /** There would never be room for it, and its client would come again for ever. */
    @Test
    void aMessageThatADoorCouldNeverHoldIsRefusedAtStart() {
        assertEquals(
                List.of(
                        "DOOR_MAX_MESSAGE_BYTES is 8388608, expected at most the 8388607 of"
                                + " DOOR_MAX_BYTES"),
                errors(Map.of("DOOR_MAX_BYTES", "8388607")));
        assertDoesNotThrow(() -> ProducerConfig.fromEnvironment(Map.of("DOOR_MAX_BYTES", "8 MiB")));
    }

    @Test
    void sourcesAreNamedOnceAndInOnePlace() {
        assertEquals(
                List.of("SOURCE and SOURCES are both set, expected one of them"),
                errors(Map.of("SOURCE", "synthetic", "SOURCES", "synthetic")));
        assertEquals(
                List.of("SOURCES is synthetic twice, expected each once"),
                errors(Map.of("SOURCES", "synthetic,synthetic")));
        assertEquals(
                List.of(
                        "SOURCES is tape, expected some of synthetic, replay, nvml,"
                                + " nvidia-smi, dcgm, vllm"),
                errors(Map.of("SOURCES", "synthetic,tape")));
    }

    @Test
    void refusesAGpuListedTwice() {
        var one = "{\"name\":\"L4\",\"host\":\"a\",\"gpu_index\":0}";
        assertEquals(
                List.of(
                        "GPU_SEED cannot be used: host a with gpu_index 0 is listed twice,"
                                + " expected each GPU once"),
                errors(Map.of("GPU_SEED", "[%s,%s]".formatted(one, one))));
        assertEquals(
                List.of("GPU_SEED cannot be used: it is not a JSON list of GPUs"),
                errors(Map.of("GPU_SEED", "{}")));
    }

    @Test
    void aReplayWithPresentTimesNeedsAPace() {
        assertEquals(
                List.of("REPLAY_TIMES is now, expected original or aligned with REPLAY_SPEED max"),
                errors(
                        Map.of(
                                "SOURCE", "replay",
                                "REPLAY_FILES", "a.csv",
                                "REPLAY_SPEED", "max",
                                "REPLAY_TIMES", "now")));
    }

    @Test
    void helpNamesTheOriginalsVariables() {
        var help =
                assertInstanceOf(
                        Startup.Exit.class,
                        Startup.of(
                                "producers",
                                new String[] {"--help"},
                                Map.of(),
                                ProducerConfig::read));

        for (var name :
                List.of("KAFKA_BOOTSTRAP", "TOPIC_METRIC", "TOPIC_TOKEN", "RATE", "BATCH")) {
            assertTrue(help.text().contains("  " + name + " "), name);
        }
    }
}
