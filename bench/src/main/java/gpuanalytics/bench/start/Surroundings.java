package gpuanalytics.bench.start;

import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A broker and a store in this process, and the parts that are started beside them. */
final class Surroundings implements AutoCloseable {

    private static final List<String> TOPICS =
            List.of("gpu.metrics.v1", "token.usage.v1", "dead.letters.v1", "producers.shards");
    private static final int PARTITIONS = 12;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Path directory;
    private final EmbeddedBroker broker;
    private final EmbeddedStore store;
    private final HttpClient http = HttpClient.newHttpClient();
    private int started;

    private Surroundings(Path directory) {
        this.directory = directory;
        this.broker = EmbeddedBroker.start();
        this.store = EmbeddedStore.start();
    }

    static Surroundings start(Path directory) {
        var surroundings = new Surroundings(directory);
        try {
            surroundings.broker.createTopics(PARTITIONS, TOPICS.toArray(new String[0]));
            return surroundings;
        } catch (RuntimeException e) {
            surroundings.close();
            throw e;
        }
    }

    /** A part that is ready, and how long that took from the start of its JVM. */
    record Ready(Part part, PartPorts ports, ChildJvm process, Duration after) {}

    /** Starts a part and waits until it is ready. */
    Ready start(Part part, StartCommand command, Optional<Path> cacheToWrite)
            throws InterruptedException {
        var ports = PartPorts.free();
        var variables = part.variables(ports, broker.bootstrapServers(), store.url());
        var log = directory.resolve("%s.%d.log".formatted(part, ++started));
        var program = command.program(variables, cacheToWrite);
        long began = System.nanoTime();
        var process = ChildJvm.silent(part.toString(), program, log);
        while (!isReady(part, ports)) {
            if (!process.isAlive() || System.nanoTime() - began > LIMIT.toNanos()) {
                process.close();
                throw new IllegalStateException(
                        "%s does not become ready, see %s".formatted(part, log));
            }
            Thread.sleep(PAUSE);
        }
        return new Ready(part, ports, process, Duration.ofNanos(System.nanoTime() - began));
    }

    private boolean isReady(Part part, PartPorts ports) throws InterruptedException {
        try {
            return status(ports, part.health()) == 200;
        } catch (IOException _) {
            return false; // it does not listen yet
        }
    }

    /** Asks a part. */
    int status(PartPorts ports, String path) throws IOException, InterruptedException {
        var url = URI.create("http://127.0.0.1:%d%s".formatted(ports.http(), path));
        return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Override
    public void close() {
        http.shutdownNow();
        store.close();
        broker.close();
    }
}
