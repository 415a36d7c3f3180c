package gpuanalytics.bench.start;

import gpuanalytics.bench.doors.LoadMain;
import gpuanalytics.bench.start.Surroundings.Ready;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A part does once what it does all day, so that its JVM knows which classes that needs: the
 * simulated fleet and each door send, all of it is stored, every kind of question is asked.
 */
final class Rehearsal {

    /** The JVM makes its cache when it ends, in a process of its own. */
    private static final long END_SECONDS = 180;

    private static final List<String> DOORS = List.of("grpc", "http", "events");
    private static final List<String> PROCESSOR_PATHS =
            List.of(
                    "/",
                    "/health",
                    "/metrics",
                    "/openapi.yaml",
                    "/gpu/info",
                    "/tokens?from=now-1h&group_by=model",
                    "/tokens?from=now-1h&step=1m&format=csv",
                    "/costs?from=now-1h&group_by=team",
                    "/waste?from=now-1h");
    private static final List<String> PRODUCERS_PATHS = List.of("/health", "/metrics");

    private final Surroundings surroundings;
    private final Path directory;
    private final PrintStream out;

    Rehearsal(Surroundings surroundings, Path directory, PrintStream out) {
        this.surroundings = surroundings;
        this.directory = directory;
        this.out = out;
    }

    /** Lets the part write its cache; the other one is this program's own. */
    void run(Part part, StartCommand command, Path cache) throws IOException, InterruptedException {
        Files.deleteIfExists(cache);
        var rehearsed = surroundings.start(part, command, Optional.of(cache));
        try (var _ = rehearsed.process()) {
            var other = surroundings.start(part.other(), own(part.other()), Optional.empty());
            try (var _ = other.process()) {
                perform(
                        part == Part.PROCESSOR ? rehearsed : other,
                        part == Part.PROCESSOR ? other : rehearsed);
            }
            end(rehearsed);
        }
        if (!Files.exists(cache)) {
            throw new IllegalStateException(
                    "the JVM of the %s wrote no cache, see %s".formatted(part, directory));
        }
        out.printf("%s: %,d bytes of cache%n", part, Files.size(cache));
    }

    private static StartCommand own(Part part) {
        return new StartCommand(
                List.of(
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"),
                System.getProperty("java.class.path"),
                List.of(part.main()));
    }

    private void perform(Ready processor, Ready producers)
            throws IOException, InterruptedException {
        for (var door : DOORS) {
            int port =
                    door.equals("grpc")
                            ? producers.ports().grpcDoor()
                            : producers.ports().httpDoor();
            var load =
                    "--calls 100 --spans 5 --rate 100 --door %s --targets 127.0.0.1:%d --api http://127.0.0.1:%d"
                            .formatted(door, port, processor.ports().http());
            if (LoadMain.run(load.split(" "), out, out) != 0) {
                throw new IllegalStateException("what door %s took is not stored".formatted(door));
            }
        }
        ask(processor, PROCESSOR_PATHS);
        ask(producers, PRODUCERS_PATHS);
    }

    private void ask(Ready part, List<String> paths) throws IOException, InterruptedException {
        for (var path : paths) {
            int status = surroundings.status(part.ports(), path);
            if (status != 200) {
                throw new IllegalStateException(
                        "%s of the %s answers %d".formatted(path, part.part(), status));
            }
        }
    }

    private static void end(Ready part) throws InterruptedException {
        var process = part.process().handle();
        var _ = process.destroy();
        try {
            var _ = process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the %s do not end within %d s".formatted(part.part(), END_SECONDS), e);
        }
    }
}
