package gpuanalytics.bench.doors;

import gpuanalytics.bench.doors.LoadOptions.Target;
import gpuanalytics.bench.process.Profile;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A load from its first call to the comparison of its sums. */
final class LoadRun {

    private final LoadOptions options;
    private final PrintStream out;
    private final PrintStream err;
    private final Calls calls;
    private final Latencies latencies;

    LoadRun(LoadOptions options, PrintStream out, PrintStream err) {
        this.options = options;
        this.out = out;
        this.err = err;
        this.latencies = new Latencies(options.warmUp());
        this.calls =
                new Calls(
                        ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
                        options.seed(),
                        options.spans(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Runs it; 0 where what is stored is what was acknowledged, and that is all. */
    int run() throws IOException, InterruptedException {
        if (!options.targets().isEmpty()) {
            var loop = send(options.targets());
            return compare(loop, options.api().orElseThrow(), () -> {});
        }
        empty(options.directory());
        try (var stack = OwnStack.start(options)) {
            return on(stack);
        }
    }

    /** The same on processes that run: one load after the other has its sums apart. */
    int on(OwnStack stack) throws IOException, InterruptedException {
        var loop = sendInTrouble(stack);
        printMemory(stack);
        if (options.recording()) {
            printProfiles(stack);
        }
        if (options.processorAfter()) {
            stack.startProcessor();
        }
        return compare(loop, stack.api(), stack::requireStoring);
    }

    private OpenLoop sendInTrouble(OwnStack stack) throws InterruptedException {
        try (var trouble = Trouble.start(stack, options, latencies)) {
            var loop = send(stack.targets(options.door()));
            out.printf(
                    "%d doors killed%s%n",
                    trouble.kills(),
                    trouble.wasAway()
                            ? ", Kafka away for %d s"
                                    .formatted(options.kafkaAway().orElseThrow().toSeconds())
                            : "");
            return loop;
        }
    }

    private OpenLoop send(List<Target> targets) throws InterruptedException {
        var clients = targets.stream().map(this::client).toList();
        try (var _ = Progress.start(err, isTerminal(), options.calls(), latencies)) {
            var loop = new OpenLoop(options, calls, clients, latencies);
            latencies.begin();
            loop.run();
            printSpeed(loop);
            return loop;
        } finally {
            clients.forEach(DoorClient::close);
        }
    }

    private static boolean isTerminal() {
        // a JVM may also be without one
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private DoorClient client(Target target) {
        return switch (options.door()) {
            case GRPC -> new GrpcClient(target, calls, options);
            case HTTP -> new WebClient(target, calls, options, true);
            case SDK_GRPC -> SdkClient.overGrpc(target, calls, options);
            case SDK_HTTP -> SdkClient.overHttp(target, calls, options);
            case EVENTS -> new WebClient(target, calls, options, false);
        };
    }

    private void printSpeed(OpenLoop loop) {
        double seconds = latencies.timed().toMillis() / 1000.0;
        long acknowledged = latencies.timedCalls();
        if (options.warmUp() > 0) {
            out.printf("after %,d calls that are not timed:%n", options.warmUp());
        }
        out.printf(
                "%,d calls of %d spans in %.1f s: %,.0f calls/s, %,.0f spans/s durable%n",
                acknowledged,
                options.spans(),
                seconds,
                acknowledged / seconds,
                acknowledged * options.spans() / seconds);
        out.print(latencies.table());
        if (!loop.lastRetry().isEmpty()) {
            out.println("the last reason to send again: " + loop.lastRetry());
        }
        if (!loop.firstWarning().isEmpty()) {
            out.println("a door warns: " + loop.firstWarning());
        }
    }

    private void printMemory(OwnStack stack) {
        for (var door : stack.doors()) {
            out.printf("%s: at most %,d MiB resident%n", door.name(), door.peakBytes() >> 20);
        }
    }

    private void printProfiles(OwnStack stack) throws IOException {
        stack.closeDoors();
        for (var door : stack.doors()) {
            out.print(Profile.read(door.recording()).summary());
        }
    }

    private int compare(OpenLoop loop, URI api, Runnable check)
            throws IOException, InterruptedException {
        var acknowledged = loop.acknowledged();
        try (var totals = new StoredTotals(api, calls)) {
            var stored = totals.await(acknowledged, options.settle(), check);
            out.println("acknowledged: " + acknowledged);
            out.println("stored:       " + stored);
            if (!stored.equals(acknowledged)) {
                err.printf("totals differ: acknowledged %s, stored %s%n", acknowledged, stored);
                return 1;
            }
        }
        if (loop.refusedCalls() > 0) {
            err.printf(
                    "%,d calls were refused, the first: %s%n",
                    loop.refusedCalls(), loop.firstRefusal());
            return 1;
        }
        return 0;
    }

    /** Only what a run before has made is deleted. */
    private static void empty(Path directory) throws IOException {
        var mark = directory.resolve("made-by-load");
        if (Files.exists(directory)) {
            if (!Files.exists(mark)) {
                throw new IllegalArgumentException(
                        "--dir is %s, expected a new folder or one of a run before"
                                .formatted(directory));
            }
            try (var paths = Files.walk(directory)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
        Files.createFile(mark);
    }
}
