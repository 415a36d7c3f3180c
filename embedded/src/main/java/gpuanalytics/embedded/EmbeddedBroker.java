package gpuanalytics.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A real KRaft broker in this process: one node that is broker and controller, on loopback only.
 *
 * <p>What it acknowledged outlives a restart on the same directory, also after SIGKILL: the log is
 * handed to the kernel before the answer. It is not safe against the end of the machine.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    /** One for all, so that a format that was cut off can be done again. */
    private static final String CLUSTER_ID = "ZW1iZWRkZWQtYnJva2VyLQ";

    private static final int START_ATTEMPTS = 5;
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    /**
     * How a broker is set up.
     *
     * @param directory where its data lies; null for a temporary one that {@link #close()} removes
     * @param port where it listens; 0 for a free port
     * @param retentionBytes how much of a partition's log is kept, per partition
     * @param retention how long records are kept
     * @param advertisedPort where clients are sent to, such as a relay's; 0 for where it listens
     */
    public record Options(
            @Nullable Path directory,
            int port,
            long retentionBytes,
            Duration retention,
            int advertisedPort) {
        private static final long DEFAULT_RETENTION_BYTES = 16L << 20;
        private static final Duration DEFAULT_RETENTION = Duration.ofHours(1);

        /** A temporary directory, a free port, an hour and 16 MiB per partition. */
        public static Options defaults() {
            return new Options(null, 0, DEFAULT_RETENTION_BYTES, DEFAULT_RETENTION, 0);
        }

        /** The same with its data kept in a directory, which is made where it is missing. */
        public Options in(Path kept) {
            return new Options(kept, port, retentionBytes, retention, advertisedPort);
        }

        /** The same on a port of one's own. */
        public Options on(int fixedPort) {
            return new Options(directory, fixedPort, retentionBytes, retention, advertisedPort);
        }

        /** The same with another retention. */
        public Options keeping(long bytesPerPartition, Duration time) {
            return new Options(directory, port, bytesPerPartition, time, advertisedPort);
        }

        /** The same with something in front of it, which its clients are sent to. */
        public Options behind(int relayPort) {
            return new Options(directory, port, retentionBytes, retention, relayPort);
        }

        private int advertised(int own) {
            return advertisedPort == 0 ? own : advertisedPort;
        }
    }

    private final KafkaRaftServer server;
    private final Path directory;
    private final boolean temporary;
    private final int port;

    private EmbeddedBroker(Started started, Path directory, boolean temporary) {
        this.server = started.server;
        this.port = started.port;
        this.directory = directory;
        this.temporary = temporary;
    }

    /** Starts one with {@link Options#defaults()}. */
    public static EmbeddedBroker start() {
        return start(Options.defaults());
    }

    /**
     * Starts one and returns once it takes requests.
     *
     * @throws IllegalStateException when its port is taken or its directory is in use, in one line
     */
    public static EmbeddedBroker start(Options options) {
        Ports.requireFree(options.port(), "the broker");
        var kept = options.directory();
        var temporary = kept == null;
        var directory = kept == null ? temporaryDirectory() : kept;
        try {
            Files.createDirectories(directory);
            format(directory);
            return new EmbeddedBroker(startServer(options, directory), directory, temporary);
        } catch (IOException e) {
            throw new UncheckedIOException("the broker cannot use " + directory, e);
        }
    }

    /** The address for clients, {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    public int port() {
        return port;
    }

    Path directory() {
        return directory;
    }

    /** Makes the topics that do not exist yet; the others stay as they are. */
    public void createTopics(int partitions, String... names) {
        createTopics(
                Stream.of(names).map(name -> new NewTopic(name, partitions, (short) 1)).toList());
    }

    /** Makes the topics that do not exist yet; the others stay as they are. */
    public void createTopics(List<NewTopic> topics) {
        try (var admin = admin()) {
            createTopics(admin, topics);
        }
    }

    /** The same at the broker that a client is for, whichever it is. */
    public static void createTopics(Admin admin, List<NewTopic> topics) {
        try {
            for (var made : admin.createTopics(topics).values().values()) {
                await(made);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topics were made", e);
        }
    }

    /** One that exists must not hide that another one is still being made. */
    private static void await(Future<Void> made) throws InterruptedException {
        try {
            made.get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("topics cannot be made", e.getCause());
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("topics were not made in " + ADMIN_TIMEOUT, e);
        }
    }

    /** A new client for everything else; the caller closes it. */
    public Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        if (temporary) {
            Directories.delete(directory);
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("embedded-broker");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory for the broker", e);
        }
    }

    private static void format(Path directory) {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), true))
                    .setClusterId(CLUSTER_ID)
                    .setNodeId(1)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the broker cannot format " + directory, e);
        }
    }

    private record Started(KafkaRaftServer server, int port) {}

    private static Started startServer(Options options, Path directory) {
        for (int attempt = 1; ; attempt++) {
            var port = options.port() == 0 ? Ports.free() : options.port();
            var server = new KafkaRaftServer(config(options, directory, port), Time.SYSTEM);
            try {
                server.startup();
                return new Started(server, port);
            } catch (RuntimeException e) {
                server.shutdown();
                server.awaitShutdown();
                // Ports must be known before the start, and may be taken by then.
                if (attempt == START_ATTEMPTS || !isPortTaken(e)) {
                    throw new IllegalStateException("the broker does not start: " + e, e);
                }
            }
        }
    }

    private static boolean isPortTaken(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static KafkaConfig config(Options options, Path directory, int port) {
        var controllerPort = Ports.freeBesides(port);
        var properties = new Properties();
        properties.putAll(
                Map.of(
                        "process.roles", "broker,controller",
                        "node.id", "1",
                        "controller.quorum.voters", "1@" + HOST + ":" + controllerPort,
                        "listeners",
                                "PLAINTEXT://%s:%d,CONTROLLER://%s:%d"
                                        .formatted(HOST, port, HOST, controllerPort),
                        "advertised.listeners",
                                "PLAINTEXT://%s:%d".formatted(HOST, options.advertised(port)),
                        "listener.security.protocol.map",
                                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "controller.listener.names", "CONTROLLER",
                        "inter.broker.listener.name", "PLAINTEXT",
                        "log.dirs", directory.toString(),
                        "auto.create.topics.enable", "false"));
        properties.putAll(oneNode());
        properties.putAll(smallMemory());
        properties.putAll(boundedLogs(options));
        properties.putAll(quickGroups());
        properties.putAll(patientController(directory));
        return new KafkaConfig(properties, false);
    }

    private static Map<String, String> oneNode() {
        return Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1");
    }

    /** The cleaner alone takes 128 MiB by default; it is kept, or committed offsets pile up. */
    private static Map<String, String> smallMemory() {
        return Map.of(
                "log.cleaner.threads", "1",
                "log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20),
                "log.cleaner.io.buffer.size", Integer.toString(128 << 10),
                "num.network.threads", "2",
                "num.io.threads", "4",
                "background.threads", "2",
                "num.recovery.threads.per.data.dir", "1");
    }

    private static Map<String, String> boundedLogs(Options options) {
        // Retention drops whole segments, never the last: a quarter keeps it close to the limit.
        var segment = Math.clamp(options.retentionBytes() / 4, 1L << 20, 1L << 30);
        return Map.ofEntries(
                Map.entry("log.retention.bytes", Long.toString(options.retentionBytes())),
                Map.entry("log.retention.ms", Long.toString(options.retention().toMillis())),
                Map.entry("log.segment.bytes", Long.toString(segment)),
                Map.entry(
                        "log.roll.ms",
                        Long.toString(Math.max(1000, options.retention().toMillis() / 4))),
                Map.entry("log.initial.task.delay.ms", "1000"),
                Map.entry("log.retention.check.interval.ms", "10000"),
                Map.entry("log.segment.delete.delay.ms", "1000"),
                Map.entry("log.index.size.max.bytes", Integer.toString(1 << 20)),
                Map.entry("offsets.topic.segment.bytes", Integer.toString(4 << 20)),
                Map.entry("metadata.log.segment.bytes", Integer.toString(8 << 20)),
                Map.entry("metadata.max.retention.bytes", Integer.toString(16 << 20)));
    }

    /**
     * One node has nobody to elect and nobody to take over, so a busy machine must not make the
     * controller give up its own broker. After a kill, however, it holds the name of the one that
     * was killed for this time, and the new one waits.
     */
    private static Map<String, String> patientController(Path directory) {
        return Map.of(
                "broker.session.timeout.ms", wasKilled(directory) ? "3000" : "60000",
                "broker.heartbeat.interval.ms", "500",
                "controller.quorum.election.timeout.ms", "30000",
                "controller.quorum.fetch.timeout.ms", "30000");
    }

    /** Whether data lies there that no broker closed. */
    private static boolean wasKilled(Path directory) {
        return Files.exists(directory.resolve("__cluster_metadata-0"))
                && !Files.exists(directory.resolve(".kafka_cleanshutdown"));
    }

    /** Whoever was killed is out of its group after seconds, so that a restart goes on at once. */
    private static Map<String, String> quickGroups() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "group.consumer.min.session.timeout.ms", "1000",
                "group.consumer.session.timeout.ms", "6000",
                "group.consumer.min.heartbeat.interval.ms", "500",
                "group.consumer.heartbeat.interval.ms", "1000");
    }
}
