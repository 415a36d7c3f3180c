package gpuanalytics.bench.doors;

import gpuanalytics.bench.doors.LoadOptions.Target;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.process.BrokerMain;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.process.StoreMain;
import gpuanalytics.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Broker, store, processor and doors, each a process of its own on loopback. */
final class OwnStack implements AutoCloseable {

    private static final List<String> TOPICS =
            List.of("gpu.metrics.v1", "token.usage.v1", "dead.letters.v1");

    /** Those of the image. */
    private static final List<String> JVM =
            List.of(
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private final Path directory;
    private final int storeMebibytes;
    private final List<String> jvm;
    private final int brokerPort = Ports.free();
    private final int apiPort = Ports.free();
    private final List<DoorProcess> doors = new ArrayList<>();
    private @Nullable ChildJvm broker;
    private @Nullable ChildJvm store;
    private @Nullable ChildJvm processor;
    private int brokerStarts;

    private OwnStack(LoadOptions options) {
        this.directory = options.directory();
        this.storeMebibytes = options.storeMebibytes();
        this.jvm = options.jvm();
    }

    /** Starts all of it, the processor where it is not to come after; returns once it is ready. */
    static OwnStack start(LoadOptions options) throws IOException, InterruptedException {
        var stack = new OwnStack(options);
        try {
            stack.startBroker();
            try (var topics = new TopicFiller(stack.bootstrap())) {
                for (var topic : TOPICS) {
                    topics.create(topic);
                }
            }
            for (int i = 1; i <= options.doors(); i++) {
                stack.doors.add(DoorProcess.start("ingest-" + i, stack.bootstrap(), options, JVM));
            }
            if (!options.processorAfter()) {
                stack.startProcessor();
            }
            for (var door : stack.doors) {
                door.awaitReady();
            }
            return stack;
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    private String bootstrap() {
        return "127.0.0.1:" + brokerPort;
    }

    private void startBroker() {
        var started =
                ChildJvm.talking(
                        "broker",
                        ChildJvm.own(
                                        BrokerMain.class,
                                        List.of(
                                                directory.resolve("broker").toString(),
                                                Integer.toString(brokerPort)))
                                .with(jvm),
                        directory.resolve("broker.%d.log".formatted(++brokerStarts)));
        broker = started;
        var _ = started.line();
    }

    /** Starts store and processor. */
    void startProcessor() throws IOException, InterruptedException {
        var started =
                ChildJvm.talking(
                        "store",
                        ChildJvm.own(
                                        StoreMain.class,
                                        List.of(directory.resolve("store").toString()),
                                        storeMebibytes)
                                .with(jvm),
                        directory.resolve("store.log"));
        store = started;
        var variables =
                new HashMap<>(
                        Map.of(
                                "KAFKA_BOOTSTRAP", bootstrap(),
                                "MONGO_URL", started.line(),
                                "HTTP_PORT", Integer.toString(apiPort),
                                "ROLLUP_FLUSH_MS", "1000",
                                // the store does not keep all raw events of an hour
                                "AUDIT_INTERVAL_S", "0"));
        var options = new ArrayList<>(JVM);
        options.add("-Xmx512m");
        var program =
                new ChildJvm.Program(
                                System.getProperty("java.class.path"),
                                options,
                                List.of("gpuanalytics.processor.ProcessorMain"),
                                variables)
                        .with(jvm);
        var running = ChildJvm.silent("processor", program, directory.resolve("processor.log"));
        processor = running;
        Readiness.await("processor", apiPort, running);
    }

    /**
     * Looks whether events can still be stored.
     *
     * @throws IllegalStateException where store or processor has ended, with the last it has said
     */
    void requireStoring() {
        requireAlive("store", store);
        requireAlive("processor", processor);
    }

    private void requireAlive(String name, @Nullable ChildJvm process) {
        if (process != null && !process.isAlive()) {
            var log = directory.resolve(name + ".log");
            throw new IllegalStateException("the %s has ended: %s".formatted(name, lastLine(log)));
        }
    }

    private static String lastLine(Path log) {
        try (var lines = Files.lines(log)) {
            return lines.reduce((_, last) -> last).orElse("it has said nothing");
        } catch (IOException | UncheckedIOException e) {
            return "%s cannot be read: %s".formatted(log, e.getMessage());
        }
    }

    /** Where the doors of a kind listen. */
    List<Target> targets(LoadOptions.Door kind) {
        return doors.stream().map(door -> door.target(kind)).toList();
    }

    URI api() {
        return URI.create("http://127.0.0.1:" + apiPort);
    }

    List<DoorProcess> doors() {
        return doors;
    }

    void killBroker() throws InterruptedException {
        if (broker != null) {
            broker.kill();
        }
    }

    void restartBroker() {
        startBroker();
    }

    /** Ends the doors in order, so that what they recorded of themselves is written. */
    void closeDoors() {
        doors.forEach(DoorProcess::close);
    }

    @Override
    public void close() {
        closeDoors();
        close(processor);
        close(store);
        close(broker);
    }

    private static void close(@Nullable ChildJvm process) {
        if (process != null) {
            process.close();
        }
    }
}
