package gpuanalytics.producer.source;

import java.io.IOException;

/** The live rate of a source. */
public interface RateControl {

    /** The least rate of any source, in events per second. */
    double MIN_RATE = 0.1;

    /** The largest rate, in events per second. */
    double MAX_RATE = 1_000_000;

    /**
     * The rate now.
     *
     * @param rate events per second of the whole deployment
     * @param share events per second of this replica
     * @param shards shards that this replica runs
     * @param shardsTotal shards that the source is divided into; 0 as long as that is not known
     */
    record Rate(double rate, double share, int shards, int shardsTotal) {}

    Rate rate();

    /** The least rate that this source can have, in events per second. */
    default double leastRate() {
        return MIN_RATE;
    }

    /**
     * Changes the rate of the whole deployment.
     *
     * @param eventsPerSecond a rate from {@link #leastRate} to {@link #MAX_RATE}
     * @throws IOException if it could not be changed
     */
    void change(double eventsPerSecond) throws IOException, InterruptedException;
}
