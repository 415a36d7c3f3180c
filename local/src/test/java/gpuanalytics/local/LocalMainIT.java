package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.local.ApiClient.Totals;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The program as a person starts it. */
@Execution(ExecutionMode.CONCURRENT)
class LocalMainIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Test
    void replaysTwoTokenTracesAndAGpuTraceTogetherAndEndsByItself(@TempDir Path directory)
            throws Exception {
        var conversations = Traces.conversations(directory);
        var coding = Traces.coding(directory);
        var arguments = new ArrayList<>(List.of("--speed", "max", "--once", "--port", "0"));
        for (var file : List.of(conversations.file(), coding.file())) {
            arguments.addAll(List.of("--file", file.toString()));
        }
        for (var file : Traces.gpus(directory)) {
            arguments.addAll(List.of("--file", file.toString()));
        }

        try (var run = start(arguments, Map.of())) {
            assertEquals(0, run.awaitExit(LIMIT), () -> run.output().toString());

            var expected =
                    new Totals(
                            conversations.totals().requests() + coding.totals().requests(),
                            conversations.totals().promptTokens() + coding.totals().promptTokens(),
                            conversations.totals().completionTokens()
                                    + coding.totals().completionTokens(),
                            200);
            assertEquals("totals: " + expected, run.awaitLine("totals: "));
        }
    }

    @Test
    void givesTheSameTotalsWhenTheSameTraceIsReplayedIntoKeptData(@TempDir Path directory)
            throws Exception {
        var trace = Traces.conversations(directory);
        var variables = Map.of("DATA_DIR", directory.resolve("data").toString());
        var arguments =
                List.of(
                        "--file",
                        trace.file().toString(),
                        "--speed",
                        "max",
                        "--once",
                        "--port",
                        "0");

        for (int run = 0; run < 2; run++) {
            try (var process = start(arguments, variables)) {
                assertEquals(0, process.awaitExit(LIMIT), () -> process.output().toString());
                assertEquals("totals: " + trace.totals(), process.awaitLine("totals: "));
            }
        }
    }

    @Test
    void showsTheFleetAndEndsOnCtrlCWithItsTotals() throws Exception {
        try (var run = start(List.of("--port", "0"), Map.of())) {
            assertTrue(run.awaitLine("  dashboard ").contains("http://127.0.0.1:"));
            assertTrue(run.awaitLine("  Kafka ").contains("127.0.0.1:"));
            assertTrue(run.awaitLine("  store ").contains("mongodb://127.0.0.1:"));
            Waiting.until(
                    "a line with events",
                    LIMIT,
                    () ->
                            run.output().stream()
                                    .anyMatch(
                                            line ->
                                                    line.startsWith("in ")
                                                            && !line.contains("stored 0 ")
                                                            && line.contains("tok/s")
                                                            && line.contains("mean utilisation")));

            run.interrupt();

            assertEquals(0, run.awaitExit(LIMIT), () -> run.output().toString());
            assertTrue(
                    run.output().getLast().startsWith("totals: "), () -> run.output().toString());
        }
    }

    @Test
    void showsWhatWasToldAtItsDoor() throws Exception {
        try (var run = start(List.of("--port", "0", "--rate", "1"), Map.of());
                var client = HttpClient.newHttpClient()) {
            var door = port(run.awaitLine("  doors "), "http 127.0.0.1:");
            var api = port(run.awaitLine("  dashboard "), "http://127.0.0.1:");
            var usage =
                    "{\"ts\":\"%s\",\"model\":\"told-at-the-door\",\"prompt_tokens\":77,\"request_id\":\"1\"}"
                            .formatted(Instant.now());
            var post =
                    HttpRequest.newBuilder(uri(door, "/v1/events"))
                            .POST(HttpRequest.BodyPublishers.ofString(usage))
                            .build();
            var tokens = HttpRequest.newBuilder(uri(api, "/tokens?group_by=model")).build();

            for (int i = 0; i < 2; i++) {
                Waiting.until(
                        "an acknowledgement",
                        LIMIT,
                        () -> client.send(post, BodyHandlers.discarding()).statusCode() == 200);
            }

            Waiting.until(
                    "the usage in the answer, once",
                    LIMIT,
                    () ->
                            client.send(tokens, BodyHandlers.ofString())
                                    .body()
                                    .matches(
                                            "(?s).*told-at-the-door[^}]*\"prompt_tokens\":77\\b.*"));
        }
    }

    private static int port(String line, String before) {
        int from = line.indexOf(before) + before.length();
        return Integer.parseInt(line.substring(from).replaceFirst("\\D.*", ""));
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    @Test
    void refusesAnUnknownOption() throws Exception {
        assertRefused(
                List.of("--colour"), Map.of(), 2, "--colour is not an option; --help lists them");
    }

    @Test
    void saysAllBadValuesOfTheEnvironmentAtOnce() throws Exception {
        assertRefused(
                List.of("--port", "0"),
                Map.of("RATE", "abc", "BATCH", "0", "BATCH_ROWS", "x"),
                2,
                "BATCH_ROWS is x, expected a whole number from 1 to 100000",
                "BATCH is 0, expected a whole number from 1 to 100000",
                "RATE is abc, expected a number from 0.1 to 1000000");
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    List.of("--port", Integer.toString(taken.getLocalPort())),
                    Map.of(),
                    1,
                    "port %d is taken, expected a free one for HTTP"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void saysWhatIsWrongWithEachFile(@TempDir Path directory) throws Exception {
        var missing = directory.resolve("missing.csv");
        var empty = Files.writeString(directory.resolve("empty.csv"), "");
        var foreign = Files.writeString(directory.resolve("foreign.csv"), "a,b\n1,2\n");

        assertRefused(
                List.of(
                        "--file", missing.toString(),
                        "--file", empty.toString(),
                        "--file", foreign.toString(),
                        "--file", directory.toString(),
                        "--port", "0"),
                Map.of(),
                2,
                missing + " does not exist, expected a trace",
                empty + " is empty, expected a header and rows",
                foreign + " has the columns a,b, expected ",
                directory + " is a directory, expected a trace");
    }

    @Test
    void aReplayThatLosesRowsEndsWith3AndSaysWhichUnlessItMay(@TempDir Path directory)
            throws Exception {
        var trace =
                Files.writeString(
                        directory.resolve("damaged\u001b[31m.csv"),
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens
                        2023-11-16 18:17:03,10,4
                        11/16/2023 18:17,10,4
                        2033-11-16 18:17:03,10,4
                        2001-11-16 18:17:03,10,4
                        2023-11-16 18:17:04,20,5,6
                        2023-11-16 18:17:05,\u001b]0;owned\u0007,5
                        """);
        var arguments =
                new ArrayList<>(
                        List.of(
                                "--file",
                                trace.toString(),
                                "--speed",
                                "max",
                                "--once",
                                "--port",
                                "0"));
        var expected =
                List.of(
                        "refused 1 row: bad_number, the first in line 7 of ",
                        "refused 1 row: bad_time, the first in line 3 of ",
                        "refused 1 row: too_many_cells, the first in line 6 of ",
                        "refused 1 row: too_old, the first in line 5 of ",
                        "refused 1 row: from_the_future, the first in line 4 of ",
                        "totals: 1 requests, 10 prompt and 4 completion tokens, 0 GPU samples");

        for (int status : List.of(3, 0)) {
            try (var run = start(arguments, Map.of())) {
                assertEquals(status, run.awaitExit(LIMIT), () -> run.output().toString());
                assertEquals(
                        expected.stream().sorted().toList(),
                        run.output().stream()
                                .map(line -> line.replaceFirst("( of ).*", "$1"))
                                .filter(
                                        line ->
                                                line.startsWith("refused ")
                                                        || line.startsWith("totals"))
                                .sorted()
                                .toList());
                assertTrue(
                        run.output().stream()
                                .allMatch(line -> line.chars().noneMatch(Character::isISOControl)),
                        () -> run.output().toString());
                assertTrue(
                        run.output().stream().anyMatch(line -> line.contains("MAX_EVENT_LEAD_S")));
            }
            arguments.add("--lenient");
        }
    }

    /** Each message starts one line; nothing else but the addresses and progress is said. */
    private static void assertRefused(
            List<String> arguments, Map<String, String> variables, int status, String... messages)
            throws Exception {
        try (var run = start(arguments, variables)) {
            assertEquals(status, run.awaitExit(LIMIT), () -> run.output().toString());

            for (var message : messages) {
                assertTrue(
                        run.output().stream().anyMatch(line -> line.startsWith(message)),
                        () -> message + " is not in " + run.output());
            }
            assertTrue(
                    run.output().stream().noneMatch(line -> line.startsWith("\tat ")),
                    () -> run.output().toString());
        }
    }

    private static JavaProcess start(List<String> arguments, Map<String, String> variables)
            throws Exception {
        return LocalProcess.start(List.of("-Xmx640m"), arguments, variables);
    }
}
