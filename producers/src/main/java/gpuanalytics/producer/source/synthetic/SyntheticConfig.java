package gpuanalytics.producer.source.synthetic;

import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.RateControl;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.synthetic.shard.ShardMembership;
import gpuanalytics.producer.source.synthetic.shard.ShardOptions;
import gpuanalytics.service.config.EnvironmentReader;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A simulated fleet.
 *
 * @param options what is simulated
 * @param shards how replicas share it, and the deployment's rate
 * @param batch the most events between two pauses
 * @param pause the time from batch to batch; empty to derive it from batch and rate
 */
public record SyntheticConfig(
        SyntheticOptions options, ShardOptions shards, int batch, Optional<Duration> pause)
        implements SourceConfig {

    /** The source is asked for events at least this often, unless SLEEP_SEC is longer. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final int MAX_FLEET_GPUS = 10_000;

    /**
     * The deployment's pace.
     *
     * @param rate events per second
     * @param pause the time from batch to batch, where it is set
     */
    private record Pace(double rate, Optional<Duration> pause) {}

    /** Reads its variables; errors are left in the reader. */
    public static SyntheticConfig read(EnvironmentReader env, Common common) {
        var pace = readPace(env, common.batch());
        var fleet = readFleet(env, common.pricePerHourUsd());
        var options = readOptions(env, fleet, pace.pause().orElse(LONGEST_PAUSE));
        if (pace.rate() < options.leastRate()) {
            env.error(
                    "RATE is %s with %d GPUs, expected at least %s: a sample of each and as many"
                                    .formatted(pace.rate(), fleet.size(), options.leastRate())
                            + " usages an hour");
        }
        var shards = readShards(env, common.bootstrap(), pace.rate());
        return new SyntheticConfig(options, shards, common.batch(), pace.pause());
    }

    private static Pace readPace(EnvironmentReader env, int batch) {
        double rate =
                env.number(
                        "RATE",
                        200,
                        RateControl.MIN_RATE,
                        RateControl.MAX_RATE,
                        "Events per second of the whole deployment, samples and usages together");
        double sleepSeconds =
                env.number(
                        "SLEEP_SEC",
                        0,
                        0,
                        3600,
                        "Seconds from batch to batch; above 0 the rate is BATCH / SLEEP_SEC and"
                                + " RATE is not used");
        if (sleepSeconds == 0) {
            return new Pace(rate, Optional.empty());
        }
        double slept = batch / sleepSeconds;
        if (slept < RateControl.MIN_RATE || slept > RateControl.MAX_RATE) {
            env.error(
                    "BATCH / SLEEP_SEC is %s events per second, expected %s to %.0f"
                            .formatted(slept, RateControl.MIN_RATE, RateControl.MAX_RATE));
        }
        return new Pace(slept, Optional.of(Duration.ofNanos(Math.round(sleepSeconds * 1e9))));
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

    /**
     * What to simulate.
     *
     * @param pause the longest time from batch to batch, by which a simulation is always behind
     */
    private static SyntheticOptions readOptions(
            EnvironmentReader env, Fleet fleet, Duration pause) {
        long seed =
                env.integer(
                                "SEED",
                                Long.MIN_VALUE,
                                Long.MAX_VALUE,
                                "Seed of the simulation; drawn and logged where not set")
                        .orElseGet(() -> ThreadLocalRandom.current().nextLong());
        double intervalSeconds =
                env.number(
                        "FLEET_INTERVAL_S",
                        1,
                        0.01,
                        3600,
                        "Seconds between two samples of a simulated GPU, more where samples would"
                                + " be over half of the events");
        var catchUp =
                env.duration(
                        "CATCH_UP_S",
                        ChronoUnit.SECONDS,
                        60,
                        1,
                        86_400,
                        "A simulation further behind than this and the pause between two batches,"
                                + " in seconds, goes on from the present");
        return new SyntheticOptions(
                fleet,
                seed,
                Duration.ofMillis(Math.round(1000 * intervalSeconds)),
                catchUp.plus(pause));
    }

    private static ShardOptions readShards(EnvironmentReader env, String bootstrap, double rate) {
        return new ShardOptions(
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
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        return new SyntheticFeed(this, new ShardMembership(shards, clock, wake));
    }
}
