package gpuanalytics.producer.source.synthetic;

import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.RateControl;
import gpuanalytics.producer.source.synthetic.shard.ShardMembership;
import gpuanalytics.service.health.HealthReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A simulated fleet that runs: this replica's part of it, and its membership in the group. */
final class SyntheticFeed implements Feed, RateControl {

    private static final Logger LOG = LoggerFactory.getLogger(SyntheticFeed.class);

    private final SyntheticConfig config;
    private final ShardMembership membership;
    private final EventSource events;

    SyntheticFeed(SyntheticConfig config, ShardMembership membership) {
        this.config = config;
        this.membership = membership;
        this.events = new SyntheticSource(config.options(), membership);
    }

    @Override
    public EventSource events() {
        return events;
    }

    @Override
    public int batch() {
        return config.batch();
    }

    /** As set, or as long as this replica's share of the rate takes to fill a batch. */
    @Override
    public Duration pause() {
        return config.pause().orElseGet(this::batchTime);
    }

    private Duration batchTime() {
        double seconds =
                Math.min(batch() / share(), SyntheticConfig.LONGEST_PAUSE.toMillis() / 1000.0);
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private double share() {
        return SyntheticSource.eventsPerSecond(config.options(), membership.share());
    }

    @Override
    public List<HealthReport.Part> parts() {
        return List.of(membership.health());
    }

    @Override
    public Optional<RateControl> rateControl() {
        return Optional.of(this);
    }

    @Override
    public Rate rate() {
        var held = membership.share();
        return new Rate(membership.rate(), share(), held.rates().size(), held.shards());
    }

    @Override
    public double leastRate() {
        return Math.max(MIN_RATE, config.options().leastRate());
    }

    @Override
    public void change(double eventsPerSecond) throws IOException, InterruptedException {
        membership.changeRate(eventsPerSecond);
    }

    @Override
    public void start() {
        LOG.atInfo()
                .addKeyValue("seed", config.options().seed())
                .addKeyValue("gpus", config.options().fleet().size())
                .addKeyValue("rate", config.shards().configuredRate())
                .log("simulating a fleet");
        membership.start();
    }

    @Override
    public void leave() {
        membership.leave();
    }

    @Override
    public void close() {
        membership.close();
        events.close();
    }
}
