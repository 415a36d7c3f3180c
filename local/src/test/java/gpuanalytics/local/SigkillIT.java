package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import gpuanalytics.embedded.testing.GivenStore;
import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.StoreProcess;
import gpuanalytics.embedded.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** SIGKILL at any moment: the totals stay those of the file. */
@Execution(ExecutionMode.CONCURRENT)
class SigkillIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int KILLS = 10;
    private static final int MAX_KILL_DELAY_MS = 2500;
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final int START_PAUSE_MS = 500;

    /** Processes that live for seconds are sooner ready without the second compiler. */
    private static final List<String> JVM =
            List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    /** A store that outlives the process, and perhaps is killed too. */
    private interface Store extends AutoCloseable {
        String url();

        /** It may take a while to be there again. */
        default void kill() throws Exception {}

        default void awaitStarted() {}

        @Override
        void close() throws IOException;
    }

    @Test
    void keepsTheTotalsWhenTheProcessIsKilledTenTimes(@TempDir Path directory) throws Exception {
        var process = StoreProcess.start(directory.resolve("store"));
        keepsTheTotals(
                directory,
                new Store() {
                    @Override
                    public String url() {
                        return process.url();
                    }

                    @Override
                    public void close() {
                        process.close();
                    }
                });
    }

    @Test
    void keepsTheTotalsWhenTheStoreIsKilledToo(@TempDir Path directory) throws Exception {
        keepsTheTotals(directory, new KilledStore(directory.resolve("store")));
    }

    @Test
    void keepsTheTotalsWhenAnotherStoreIsKilledToo(@TempDir Path directory) throws Exception {
        var run = System.getenv("DOCUMENTDB_RUN");
        var up = Traces.shared("documentdb/up");
        if (run == null || run.isEmpty() || up == null) {
            Lane.sayAbsent("killed store of one's own", "DOCUMENTDB_RUN is not set");
            Assumptions.abort("DOCUMENTDB_RUN is not set");
            return;
        }
        try (var _ = GivenStore.alone()) {
            keepsTheTotals(directory, new DocumentDb(Path.of(run), up));
        }
    }

    private static void keepsTheTotals(Path directory, Store given) throws Exception {
        long seed = System.nanoTime();
        System.out.println("[seed] SIGKILL: " + seed);
        var random = new Random(seed);
        var trace = Traces.conversations(directory);
        var variables = new HashMap<String, String>();
        variables.put("DATA_DIR", directory.resolve("data").toString());
        variables.put("MONGO_DATABASE", "sigkill_" + Long.toString(seed, 36));
        var arguments =
                List.of(
                        "--file",
                        trace.file().toString(),
                        "--speed",
                        "max",
                        "--once",
                        "--port",
                        "0");

        try (var store = given) {
            variables.put("LOCAL_STORE_URL", store.url());
            for (int kill = 0; kill < KILLS; kill++) {
                try (var run = start(arguments, variables)) {
                    run.awaitLine("  dashboard ");
                    // A random moment is what is wanted here, not a condition.
                    waitMillis(random.nextInt(MAX_KILL_DELAY_MS));
                    store.awaitStarted();
                    store.kill();
                    run.kill();
                }
            }
            store.awaitStarted();
            try (var run = start(arguments, variables)) {
                assertEquals(0, run.awaitExit(LIMIT), () -> "seed " + seed + ": " + run.output());
                assertEquals("totals: " + trace.totals(), run.awaitLine("totals: "));
            }
        }
    }

    private static void waitMillis(int millis) throws InterruptedException {
        var _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    private static JavaProcess start(List<String> arguments, Map<String, String> variables)
            throws Exception {
        return LocalProcess.start(JVM, arguments, variables);
    }

    /**
     * The durable store in its own process, killed and started again on its port: meanwhile the
     * next run starts, which waits for it.
     */
    private static final class KilledStore implements Store {
        private final Path directory;
        private final String url;
        private CompletableFuture<StoreProcess> process;

        KilledStore(Path directory) throws IOException {
            this.directory = directory;
            var first = StoreProcess.start(directory);
            this.url = first.url();
            this.process = CompletableFuture.completedFuture(first);
        }

        @Override
        public String url() {
            return url;
        }

        @Override
        public void kill() {
            var killed = process.join();
            int port = killed.port();
            killed.kill();
            process = CompletableFuture.supplyAsync(() -> startAgain(port));
        }

        private StoreProcess startAgain(int port) {
            try {
                return StoreProcess.start(directory, port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void awaitStarted() {
            process.join();
        }

        @Override
        public void close() {
            process.join().close();
        }
    }

    /** The server that MONGO_URL names: its processes are killed and started again. */
    private record DocumentDb(Path run, Path up) implements Store {

        @Override
        public String url() {
            return System.getenv("MONGO_URL");
        }

        /**
         * Kills both, with the children that would go on for a while and hold what the next one
         * needs, and waits for their end: as long as one is dying it counts as one that runs.
         */
        @Override
        public void kill() throws Exception {
            for (var name : List.of("postgres.pid", "ferretdb.pid")) {
                long pid = Long.parseLong(Files.readString(run.resolve(name)).trim());
                var pids = new ArrayList<>(List.of(Long.toString(pid)));
                ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .forEach(child -> pids.add(Long.toString(child.pid())));
                var kill = new ArrayList<>(List.of("kill", "-9"));
                kill.addAll(pids);
                new ProcessBuilder(kill)
                        .redirectError(ProcessBuilder.Redirect.DISCARD) // one may have ended
                        .start()
                        .waitFor();
                for (var each : pids) {
                    Waiting.until("the end of " + name, START_LIMIT, () -> hasEnded(each));
                }
            }
            startAgain();
        }

        /** True also of a process whose parent has not asked how it ended. */
        private static boolean hasEnded(String pid) {
            try {
                var state = Files.readString(Path.of("/proc", pid, "stat"));
                return state.substring(state.lastIndexOf(')')).startsWith(") Z");
            } catch (IOException _) {
                return true;
            }
        }

        /** The port may be another client's for a moment: it is one that the kernel hands out. */
        private void startAgain() throws Exception {
            long start = System.nanoTime();
            for (var output = tryToStart(); output.isPresent(); output = tryToStart()) {
                if (System.nanoTime() - start > START_LIMIT.toNanos()) {
                    fail("the server does not start again: " + output.get());
                }
                System.out.println("the server did not start: " + output.get());
                waitMillis(START_PAUSE_MS);
            }
        }

        /** What a start that failed has printed; empty when the server runs. */
        private Optional<String> tryToStart() throws Exception {
            var process =
                    new ProcessBuilder(up.toString(), "--name", run.getFileName().toString())
                            .redirectErrorStream(true)
                            .redirectOutput(run.resolve("start.log").toFile())
                            .start();
            return process.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of(Files.readString(run.resolve("start.log")));
        }

        @Override
        public void close() {}
    }
}
