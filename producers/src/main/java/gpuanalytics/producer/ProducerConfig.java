package gpuanalytics.producer;

import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.publish.KafkaOptions;
import gpuanalytics.producer.publish.KafkaOptions.Compression;
import gpuanalytics.producer.shard.ShardOptions;
import gpuanalytics.producer.source.replay.ReplayOptions;
import gpuanalytics.producer.source.synthetic.Fleet;
import gpuanalytics.producer.source.synthetic.SyntheticOptions;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a producer does.
 *
 * @param kafka how to publish
 * @param source where the events come from
 * @param http where health and metrics are served
 */
public record ProducerConfig(KafkaOptions kafka, Source source, Http http) {

    /** The least rate, in events per second. */
    public static final double MIN_RATE = 0.1;

    /** The largest rate, in events per second. */
    public static final double MAX_RATE = 1_000_000;

    /** Where the events come from. */
    public sealed interface Source {

        /**
         * A simulated fleet.
         *
         * @param options what is simulated
         * @param shards how replicas share it, and the deployment's rate
         * @param batch the most events between two pauses
         * @param pause the time from batch to batch; empty to derive it from batch and rate
         */
        record Synthetic(
                SyntheticOptions options, ShardOptions shards, int batch, Optional<Duration> pause)
                implements Source {}

        /**
         * Traces.
         *
         * @param options what is replayed
         * @param batch the most events that are taken at a time
         */
        record Replay(ReplayOptions options, int batch) implements Source {}
    }

    /**
     * The HTTP port.
     *
     * @param host the address to listen on
     * @param port the port; 0 takes a free one
     */
    public record Http(String host, int port) {}

    private enum SourceName {
        SYNTHETIC,
        REPLAY
    }

    private static final int MAX_REPLAY_FILES = 100;
    private static final int MAX_FLEET_GPUS = 10_000;

    /** The contract's. */
    private static final double MAX_PRICE_PER_HOUR_USD = 10_000;

    /** The source is asked for events at least this often, unless SLEEP_SEC is longer. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

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
        return new ProducerConfig(kafka, readSource(env, kafka.bootstrap()), readHttp(env));
    }

    private static KafkaOptions readKafka(EnvironmentReader env) {
        return new KafkaOptions(
                env.addresses("KAFKA_BOOTSTRAP", "localhost:9092", "Addresses of Kafka's brokers"),
                Map.of(
                        EventTopic.GPU_METRICS,
                        env.topic(
                                "TOPIC_METRIC",
                                EventTopic.GPU_METRICS.defaultName(),
                                "Topic of GPU samples"),
                        EventTopic.TOKEN_USAGE,
                        env.topic(
                                "TOPIC_TOKEN",
                                EventTopic.TOKEN_USAGE.defaultName(),
                                "Topic of token usages")),
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
                env.bytes(
                        "PRODUCER_BUFFER_BYTES",
                        32 * MIB,
                        MIB,
                        1024 * MIB,
                        "Memory for events not yet acknowledged; when full, publishing waits"),
                Math.toIntExact(
                        env.bytes(
                                "MAX_RECORD_BYTES",
                                MIB,
                                KIB,
                                64 * MIB,
                                "A larger record is not published and counted as failed")),
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

    private static Source readSource(EnvironmentReader env, String bootstrap) {
        var source =
                env.choice(
                        "SOURCE",
                        SourceName.SYNTHETIC,
                        "Where events come from: synthetic (a simulated fleet) or replay (traces)");
        int batch =
                env.integer(
                        "BATCH", 20, 1, 100_000, "Events published between two pauses, at most");
        var price =
                env.number(
                        "PRICE_PER_HOUR_USD",
                        0,
                        MAX_PRICE_PER_HOUR_USD,
                        "Price of a GPU hour in every sample, instead of each model's own");
        var synthetic = readSynthetic(env, bootstrap, batch, price);
        var replay = readReplay(env, source, price);
        return switch (source) {
            case SYNTHETIC -> synthetic;
            case REPLAY -> new Source.Replay(replay, batch);
        };
    }

    private static Source.Synthetic readSynthetic(
            EnvironmentReader env, String bootstrap, int batch, Optional<Double> price) {
        double rate =
                env.number(
                        "RATE",
                        200,
                        MIN_RATE,
                        MAX_RATE,
                        "Events per second of the whole deployment, samples and usages together");
        double sleepSeconds =
                env.number(
                        "SLEEP_SEC",
                        0,
                        0,
                        3600,
                        "Seconds from batch to batch; above 0 the rate is BATCH / SLEEP_SEC and"
                                + " RATE is not used");
        if (sleepSeconds > 0) {
            rate = batch / sleepSeconds;
        }
        if (rate < MIN_RATE || rate > MAX_RATE) {
            env.error(
                    "BATCH / SLEEP_SEC is %s events per second, expected %s to %.0f"
                            .formatted(rate, MIN_RATE, MAX_RATE));
        }
        var pause =
                sleepSeconds > 0
                        ? Optional.of(Duration.ofNanos(Math.round(sleepSeconds * 1e9)))
                        : Optional.<Duration>empty();
        var options =
                new SyntheticOptions(
                        readFleet(env, price),
                        env.integer(
                                        "SEED",
                                        Long.MIN_VALUE,
                                        Long.MAX_VALUE,
                                        "Seed of the simulation; drawn and logged where not set")
                                .orElseGet(() -> ThreadLocalRandom.current().nextLong()),
                        Duration.ofMillis(
                                Math.round(
                                        1000
                                                * env.number(
                                                        "FLEET_INTERVAL_S",
                                                        1,
                                                        0.01,
                                                        3600,
                                                        "Seconds between two samples of a simulated"
                                                                + " GPU, more where samples would"
                                                                + " be over half of the events"))),
                        env.duration(
                                        "CATCH_UP_S",
                                        ChronoUnit.SECONDS,
                                        60,
                                        1,
                                        86_400,
                                        "A simulation further behind than this and the pause"
                                                + " between two batches, in seconds, goes on from"
                                                + " the present")
                                .plus(pause.orElse(LONGEST_PAUSE)));
        if (rate < options.leastRate()) {
            env.error(
                    "RATE is %s with %d GPUs, expected at least %s: a sample of each and as many"
                                    .formatted(rate, options.fleet().size(), options.leastRate())
                            + " usages an hour");
        }
        var shards =
                new ShardOptions(
                        bootstrap,
                        env.topic(
                                "TOPIC_SHARDS",
                                "producers.shards",
                                "Topic whose partitions the replicas share"),
                        env.text("SHARDS_GROUP", "producers", "Consumer group of the replicas"),
                        rate,
                        env.duration(
                                "HAND_OVER_MS",
                                ChronoUnit.MILLIS,
                                5000,
                                0,
                                60_000,
                                "Milliseconds that a shard which moves waits for its last events"));
        return new Source.Synthetic(options, shards, batch, pause);
    }

    private static Fleet readFleet(EnvironmentReader env, Optional<Double> price) {
        int gpus =
                env.integer(
                        "FLEET_GPUS",
                        96,
                        1,
                        MAX_FLEET_GPUS,
                        "GPUs of the simulated fleet, over all replicas");
        var seed =
                env.text(
                        "GPU_SEED",
                        "The fleet as a JSON list of GPUs (name, host, gpu_index, mem_total_mb,"
                                + " price_per_hour_usd), instead of FLEET_GPUS");
        var fleet = Fleet.of(gpus);
        if (seed.isPresent()) {
            try {
                fleet = Fleet.parse(seed.get(), MAX_FLEET_GPUS);
            } catch (IllegalArgumentException e) {
                env.error("GPU_SEED cannot be used: " + e.getMessage());
            }
        }
        return price.isPresent() ? fleet.withPrice(price.get()) : fleet;
    }

    private static ReplayOptions readReplay(
            EnvironmentReader env, SourceName source, Optional<Double> price) {
        var files =
                env.list("REPLAY_FILES", "Traces to replay, CSV or CSV.gz, separated by commas");
        var speed =
                readSpeed(
                        env,
                        env.text(
                                "REPLAY_SPEED",
                                "1",
                                "Seconds of the traces that pass in one, or max"));
        boolean loop = env.flag("REPLAY_LOOP", false, "Begin again at the end of the traces");
        var times =
                env.choice(
                        "REPLAY_TIMES",
                        ReplayOptions.Times.ORIGINAL,
                        "Times of the events: original (as in the trace) or now (when replayed)");
        var run =
                env.text(
                        "REPLAY_RUN",
                        "Name of a loop's run: under one name it gives the same events at each"
                                + " start; unset: new ones");
        if (run.isPresent() && !run.get().matches("[A-Za-z0-9._-]{1,64}")) {
            env.error(
                    "REPLAY_RUN is %s, expected 1 to 64 letters, digits, dots, dashes or underscores"
                            .formatted(run.get()));
        }
        if (source == SourceName.REPLAY) {
            if (files.isEmpty() || files.size() > MAX_REPLAY_FILES) {
                env.error(
                        "REPLAY_FILES names %d files, expected 1 to %d with SOURCE replay"
                                .formatted(files.size(), MAX_REPLAY_FILES));
            }
            if (times == ReplayOptions.Times.NOW && speed.isEmpty()) {
                env.error("REPLAY_TIMES is now, expected original with REPLAY_SPEED max");
            }
        }
        return new ReplayOptions(paths(env, files), speed, loop, run, times, price);
    }

    private static OptionalDouble readSpeed(EnvironmentReader env, String text) {
        if (text.equals("max")) {
            return OptionalDouble.empty();
        }
        try {
            double speed = Double.parseDouble(text);
            if (speed >= 0.001 && speed <= 1_000_000) {
                return OptionalDouble.of(speed);
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        env.error(
                "REPLAY_SPEED is %s, expected max or a number from 0.001 to 1000000"
                        .formatted(text));
        return OptionalDouble.of(1);
    }

    private static List<Path> paths(EnvironmentReader env, List<String> files) {
        try {
            return files.stream().map(Path::of).toList();
        } catch (InvalidPathException e) {
            env.error("REPLAY_FILES names %s, expected a path".formatted(e.getInput()));
            return List.of();
        }
    }

    private static Http readHttp(EnvironmentReader env) {
        return new Http(
                env.text("HTTP_HOST", "127.0.0.1", "Address that HTTP listens on"),
                env.port("HTTP_PORT", 8081, "Port that HTTP listens on; 0 takes a free one"));
    }
}
