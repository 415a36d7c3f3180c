package gpuanalytics.producer.source.synthetic;

import java.time.Duration;

/**
 * What to simulate.
 *
 * @param fleet the GPUs of the whole deployment
 * @param seed two simulations with the same seed, start and rates are equal
 * @param sampleInterval least time between two samples of a GPU
 * @param catchUp a simulation further behind than this goes on from the present
 */
public record SyntheticOptions(Fleet fleet, long seed, Duration sampleInterval, Duration catchUp) {

    /** The contract lets no sample stand for longer. */
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

    /** At most one event in this many is a sample: at a low rate they are taken less often. */
    private static final int EVENTS_PER_SAMPLE = 2;

    /** The interval between two samples of a GPU at this rate, in microseconds. */
    long intervalUs(double eventsPerSecond) {
        double eventsOfGpu = eventsPerSecond / fleet.size();
        long wantedUs = Math.round(EVENTS_PER_SAMPLE / eventsOfGpu * 1000) * 1000;
        long leastUs = sampleInterval.toMillis() * 1000;
        // a rate below the least may still be met: that of another fleet, found in the shards topic
        return Math.min(Math.max(leastUs, wantedUs), LONGEST_INTERVAL.toMillis() * 1000);
    }

    /** Requests per second of each GPU on average, beside its samples. */
    double requestsOfGpu(double eventsPerSecond) {
        return Math.max(0, eventsPerSecond / fleet.size() - 1e6 / intervalUs(eventsPerSecond));
    }

    /**
     * The least rate, in events per second of the whole deployment, at which each GPU gives its
     * samples: one an hour, and as many usages.
     */
    public double leastRate() {
        double least = (double) EVENTS_PER_SAMPLE * fleet.size() / LONGEST_INTERVAL.toSeconds();
        // a number that a person can type
        return Math.ceil(least * 100) / 100;
    }
}
