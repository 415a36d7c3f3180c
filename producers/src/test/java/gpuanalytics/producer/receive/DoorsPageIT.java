package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.SAMPLES;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.producer.source.scrape.FakeExporter;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

    private static void requirePython(String module) throws Exception {
        requireInstalled("python3");
        var found = new ProcessBuilder("python3", "-c", "import " + module).start();
        Assumptions.assumeTrue(found.waitFor() == 0, () -> module + " is not installed");
    }

    /** Runs a script in Python; the variables stand before its command. */
    private String python(String variables, String script) throws Exception {
        var file = Files.writeString(directory.resolve("example.py"), script);
        return run("%s python3 %s".formatted(variables, file));
    }

    @Test
    void theAnswerThatOpenAisSdkHasIsAUsage() throws Exception {
        requirePython("openai");
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var answer =
                """
                {"id":"chatcmpl-1","object":"chat.completion","created":%d,"model":"llama-3-70b",
                 "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hello"}}],
                 "usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}
                """
                        .formatted(Instant.now().getEpochSecond())
                        .getBytes(UTF_8);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().add("content-type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        try {
            var _ =
                    python(
                            "OPENAI_API_KEY=x OPENAI_BASE_URL=http://127.0.0.1:%d/v1"
                                    .formatted(server.getAddress().getPort()),
                            example("openai.OpenAI()"));
        } finally {
            server.stop(0);
        }

        var told = texts(broker.bootstrapServers(), USAGES, "\"chatcmpl-1\"").getFirst();
        assertTrue(told.contains("\"request_id\":\"chatcmpl-1\""), told);
        assertTrue(told.contains("\"prompt_tokens\":9,\"completion_tokens\":3"), told);
    }

    @Test
    void liteLlmPostsWhatItLogs() throws Exception {
        requirePython("litellm");

        var _ =
                python(
                        "LITELLM_LOCAL_MODEL_COST_MAP=True",
                        "import asyncio\n"
                                + example("GenericAPILogger(")
                                + """

                                async def main():
                                    await tell_the_door()
                                    await litellm.acompletion(model="openai/lite-model", user="ann",
                                        messages=[{"role": "user", "content": "Hello"}], mock_response="Hello")
                                    await asyncio.sleep(1)
                                    await litellm.callbacks[0].async_send_batch()
                                asyncio.run(main())
                                """);

        var told = texts(broker.bootstrapServers(), USAGES, "\"lite-model\"").getFirst();
        assertTrue(told.contains("\"prompt_tokens\":10,\"completion_tokens\":20"), told);
        assertTrue(told.contains("\"request_id\":\""), told);
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
