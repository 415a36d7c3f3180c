package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.store.StoreLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The program as it runs in a container: a process of its own, with little memory. */
class ProcessorProcessIT {

    private static final Duration LIMIT = PipelineFixture.LIMIT;
    private static final List<String> SMALL = List.of("-Xmx256m");

    @Test
    void takesABacklogInWithLittleMemoryAndDrainsWhenToldToEnd() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            // More time to end than any machine needs: that all is drained is what is asked here,
            // not how fast.
            fixture.with("BATCH_ROWS", "5000")
                    .with("COMMIT_INTERVAL_MS", "1000")
                    .with("SHUTDOWN_TIMEOUT_MS", Long.toString(LIMIT.toMillis()));
            var ledger = new EventLedger(21);
            fixture.sendAll(ledger, 30_000);
            try (var process = run(fixture.environment())) {
                Waiting.until("it to be under load", LIMIT, () -> raw(fixture) > 5000);

                terminate(process);

                assertEquals(
                        143, process.awaitExit(LIMIT.multipliedBy(2)), process.output().toString());
                assertTrue(
                        process.output().stream()
                                .noneMatch(line -> line.contains("shutdown waits no longer")),
                        process.output().toString());
            }
            try (var process = run(fixture.environment())) {
                fixture.awaitCommitted();
                terminate(process);
                assertEquals(143, process.awaitExit(LIMIT), process.output().toString());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    @Test
    void totalsHoldWhenTheProcessIsKilled() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("BATCH_ROWS", "200").missingMembersAfter(Duration.ofSeconds(2));
            var ledger = new EventLedger(22);
            fixture.sendAll(ledger, 20_000);
            for (int kill = 1; kill <= 3; kill++) {
                var enough = kill * 2000L;
                try (var process = run(fixture.environment())) {
                    Waiting.until("it to have read", LIMIT, () -> raw(fixture) > enough);
                    process.kill();
                }
            }
            try (var process = run(fixture.environment())) {
                fixture.awaitCommitted();
                assertTrue(process.isAlive());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    @Test
    void namesEveryBadVariableAtOnce() throws Exception {
        var bad =
                Map.of(
                        "BATCH_ROWS", "0",
                        "GROUP_PROTOCOL", "telepathy",
                        "MONGO_URL", "mongodb://user:secret@:::",
                        "COMMIT_INTERVAL_MS", "soon");
        try (var process = run(bad)) {
            assertEquals(2, process.awaitExit(LIMIT));
            var output = String.join("\n", process.output());
            assertTrue(
                    output.contains("BATCH_ROWS is 0, expected a whole number from 1 to 100000"),
                    output);
            assertTrue(
                    output.contains("GROUP_PROTOCOL is telepathy, expected consumer or classic"),
                    output);
            assertTrue(output.contains("COMMIT_INTERVAL_MS is soon, expected"), output);
            assertTrue(output.contains("MONGO_URL (not shown) is not a URL"), output);
            assertTrue(!output.contains("secret"), output);
        }
    }

    @Test
    void saysThatItsPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var process = run(Map.of("HTTP_PORT", Integer.toString(taken.getLocalPort())))) {
            assertEquals(2, process.awaitExit(LIMIT), process.output().toString());
            var output = String.join("\n", process.output());
            assertTrue(
                    output.contains(
                            "HTTP_PORT is %d, expected a free port"
                                    .formatted(taken.getLocalPort())),
                    output);
        }
    }

    private static JavaProcess run(Map<String, String> environment) throws Exception {
        var variables = new HashMap<>(environment);
        variables.putIfAbsent("HTTP_PORT", "0");
        return JavaProcess.start(ProcessorMain.class, SMALL, List.of(), variables);
    }

    private static void terminate(JavaProcess process) throws Exception {
        new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
    }

    private static long raw(PipelineFixture fixture) {
        return fixture.database().getCollection(StoreLayout.TOKEN_USAGE).countDocuments()
                + fixture.database().getCollection(StoreLayout.GPU_METRICS).countDocuments();
    }
}
