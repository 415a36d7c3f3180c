package gpuanalytics.producer;

import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.publish.KafkaOptions;
import gpuanalytics.producer.publish.KafkaOptions.Compression;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.replay.ReplayConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a producer does.
 *
 * @param kafka how to publish
 * @param sources where the events come from
 * @param doors where events are told
 * @param http where health and metrics are served
 */
public record ProducerConfig(
        KafkaOptions kafka,
        Map<SourceKind, SourceConfig> sources,
        DoorSettings doors,
        HttpSettings http) {

    private static final int DEFAULT_PORT = 8081;

    /** The contract's. */
    private static final double MAX_PRICE_PER_HOUR_USD = 10_000;

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    public ProducerConfig {
        sources = Collections.unmodifiableMap(new EnumMap<>(sources));
    }

    /**
     * The configuration that environment variables ask for.
     *
     * @throws ConfigurationException with every error
     */
    public static ProducerConfig fromEnvironment(Map<String, String> environment) {
        var reader = new EnvironmentReader(environment);
        var config = read(reader);
        reader.check();
        return config;
    }

    /** Reads every variable; errors are left in the reader. */
    public static ProducerConfig read(EnvironmentReader env) {
        var kafka = readKafka(env);
        var limits = ReplayConfig.readLimits(env);
        var doors =
                DoorSettings.read(
                        env,
                        new EventLimits(limits.maxAge(), limits.maxLead(), kafka.maxRecordBytes()));
        return new ProducerConfig(
                kafka,
                readSources(env, kafka.bootstrap(), limits, !doors.open().isEmpty()),
                doors,
                HttpSettings.read(env, DEFAULT_PORT));
    }

    /** What is allowed and perhaps not meant, a line for each. */
    public List<String> warnings() {
        boolean isScraped = doors.usageFrom().containsValue(UsageOrigin.SCRAPE);
        return sources.containsKey(SourceKind.VLLM) && !doors.open().isEmpty() && !isScraped
                ? List.of(
                        "source vllm counts the tokens of its servers, and their spans at a door"
                                + " would count again: expected DOOR_USAGE_FROM=service=scrape for"
                                + " services that send them")
                : List.of();
    }

    static KafkaOptions readKafka(EnvironmentReader env) {
        return new KafkaOptions(
                env.addresses("KAFKA_BOOTSTRAP", "localhost:9092", "Addresses of Kafka's brokers"),
                readTopics(env),
                env.topic(
                        "TOPIC_DEAD_LETTER",
                        "dead.letters.v1",
                        "Topic for what is refused at a door"),
                env.choice(
                        "COMPRESSION",
                        Compression.LZ4,
                        "Compression of what is published: lz4, zstd or none"),
                env.duration(
                        "LINGER_MS",
                        ChronoUnit.MILLIS,
                        20,
                        0,
                        10_000,
                        "Milliseconds that a batch waits for more events"),
                readBufferBytes(env),
                readMaxRecordBytes(env),
                env.duration(
                        "FLUSH_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        3000,
                        0,
                        600_000,
                        "Milliseconds that events under way have at the end"),
                env.duration(
                        "OUTAGE_AFTER_MS",
                        ChronoUnit.MILLIS,
                        5000,
                        100,
                        600_000,
                        "Milliseconds without an acknowledgement after which Kafka counts as"
                                + " away"));
    }

    private static Map<EventTopic, String> readTopics(EnvironmentReader env) {
        return Map.of(
                EventTopic.GPU_METRICS,
                env.topic(
                        "TOPIC_METRIC",
                        EventTopic.GPU_METRICS.defaultName(),
                        "Topic of GPU samples"),
                EventTopic.TOKEN_USAGE,
                env.topic(
                        "TOPIC_TOKEN",
                        EventTopic.TOKEN_USAGE.defaultName(),
                        "Topic of token usages"));
    }

    private static long readBufferBytes(EnvironmentReader env) {
        return env.bytes(
                "PRODUCER_BUFFER_BYTES",
                32 * MIB,
                MIB,
                1024 * MIB,
                "Memory for events not yet acknowledged; when full, publishing waits");
    }

    private static int readMaxRecordBytes(EnvironmentReader env) {
        return Math.toIntExact(
                env.bytes(
                        "MAX_RECORD_BYTES",
                        MIB,
                        KIB,
                        64 * MIB,
                        "A larger record is not published and counted as failed"));
    }

    private static Map<SourceKind, SourceConfig> readSources(
            EnvironmentReader env, String bootstrap, EventLimits limits, boolean hasDoor) {
        var chosen = readChosen(env, hasDoor);
        var common =
                new SourceConfig.Common(
                        bootstrap,
                        env.integer(
                                "BATCH",
                                20,
                                1,
                                100_000,
                                "Events published between two pauses, at most"),
                        readPrice(env),
                        limits,
                        KubernetesAccess.read(env));
        var sources = new EnumMap<SourceKind, SourceConfig>(SourceKind.class);
        for (var kind : SourceKind.values()) {
            // also those that do not run: a bad value is said before it is needed
            var config = kind.read(env, common, chosen.contains(kind));
            if (chosen.contains(kind)) {
                sources.put(kind, config);
            }
        }
        return sources;
    }

    static Optional<Double> readPrice(EnvironmentReader env) {
        return env.number(
                "PRICE_PER_HOUR_USD",
                0,
                MAX_PRICE_PER_HOUR_USD,
                "Price of a GPU hour in every sample, instead of each model's own");
    }

    /** Who opens a door and names no source wants none. */
    private static Set<SourceKind> readChosen(EnvironmentReader env, boolean hasDoor) {
        var one =
                env.choice(
                        "SOURCE",
                        SourceKind.SYNTHETIC,
                        "Where events come from: " + SourceKind.described());
        var several =
                env.choices(
                        "SOURCES",
                        SourceKind.class,
                        "Several sources separated by commas, each with its own variables, instead"
                                + " of SOURCE");
        if (several.isEmpty()) {
            return hasDoor && !env.isSet("SOURCE")
                    ? EnumSet.noneOf(SourceKind.class)
                    : EnumSet.of(one);
        }
        if (env.isSet("SOURCE")) {
            env.error("SOURCE and SOURCES are both set, expected one of them");
        }
        return several;
    }
}
