package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.SAMPLES;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.producer.source.scrape.FakeExporter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/doors.md shows for others' programs, run by these programs where they are installed.
 */
@Timeout(180)
class DoorsPageIT {

    private static final Path PAGE = Path.of("..", "docs", "doors.md");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static EmbeddedBroker broker;
    private static DoorFixture doors;

    @TempDir Path directory;

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors = new DoorFixture(broker.bootstrapServers(), Map.of()).awaitReady();
    }

    @AfterAll
    static void stop() {
        doors.close();
        broker.close();
    }

    /** The example with a text, for doors at their own ports. */
    private static String example(String containing) throws IOException {
        return Stream.of(Files.readString(PAGE).split("```"))
                .filter(block -> block.contains(containing) && block.contains("127.0.0.1"))
                .findFirst()
                .orElseThrow()
                .transform(block -> block.substring(block.indexOf('\n') + 1))
                .replace("127.0.0.1:4317", "127.0.0.1:" + doors.producer.doorPort(DoorKind.GRPC))
                .replace("127.0.0.1:4318", "127.0.0.1:" + doors.producer.doorPort(DoorKind.HTTP));
    }

    private static void requireInstalled(String program) {
        Assumptions.assumeTrue(
                Arrays.stream(
                                Objects.requireNonNull(System.getenv("PATH"))
                                        .split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, program))),
                () -> program + " is not installed");
    }

    private static String run(String script) throws Exception {
        var process = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true).start();
        var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed;
    }

    @Test
    void curlTellsEvents() throws Exception {
        requireInstalled("curl");
        var example = example("curl -s http").replace("make run ", "true ");

        var printed = run(example);

        var shown = example.substring(example.lastIndexOf("# ") + 2).strip();
        assertEquals(shown, printed.strip());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "\"r-1\"").size());
    }

    @Test
    void grpcurlPublishesAnEvent() throws Exception {
        requireInstalled("grpcurl");

        var printed = run(example("grpcurl -plaintext"));

        assertTrue(printed.contains("\"accepted\": \"1\""), printed);
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "\"r-2\"").size());
    }

    @Test
    void prometheusWritesWhatItScrapes() throws Exception {
        requireInstalled("prometheus");
        try (var exporter = new FakeExporter()) {
            exporter.text =
                    """
                    # TYPE DCGM_FI_DEV_GPU_UTIL gauge
                    DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-scraped",modelName="H100",Hostname="node-1"} 70
                    # TYPE unrelated gauge
                    unrelated 1
                    """;
            var config =
                    Files.writeString(
                            directory.resolve("prometheus.yml"),
                            """
                            global: { scrape_interval: 1s }
                            scrape_configs: [ { job_name: dcgm, static_configs: [ { targets: [ "127.0.0.1:%d" ] } ] } ]
                            """
                                            .formatted(exporter.port())
                                    // these doors have no tokens
                                    + example("remote_write:")
                                            .replaceAll("(?m)^ *authorization:.*\n", ""));
            var log = directory.resolve("prometheus.log");
            var prometheus =
                    new ProcessBuilder(
                                    "prometheus",
                                    "--config.file=" + config,
                                    "--storage.tsdb.path=" + directory.resolve("data"),
                                    "--web.listen-address=127.0.0.1:" + Ports.free())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            try {
                Waiting.until(
                        "a sample that Prometheus has written",
                        LIMIT,
                        () ->
                                !texts(broker.bootstrapServers(), SAMPLES, "\"GPU-scraped\"")
                                                .isEmpty()
                                        || !prometheus.isAlive());
                assertTrue(prometheus.isAlive(), Files.readString(log));
            } finally {
                prometheus.destroyForcibly().waitFor();
            }
            var told = texts(broker.bootstrapServers(), SAMPLES, "\"GPU-scraped\"").getFirst();
            assertTrue(told.contains("\"source\":\"prometheus\""), told);
            assertTrue(told.contains("\"utilization\":0.7"), told);
        }
    }
}
