package gpuanalytics.producer.http;

import java.io.IOException;

/** The live rate. */
public interface RateControl {

    /**
     * The rate now.
     *
     * @param rate events per second of the whole deployment
     * @param share events per second of this replica
     * @param shards shards that this replica runs
     * @param shardsTotal shards that the fleet is divided into; 0 as long as that is not known
     */
    record Rate(double rate, double share, int shards, int shardsTotal) {}

    Rate rate();

    /**
     * Changes the rate of the whole deployment.
     *
     * @param eventsPerSecond a rate that is allowed
     * @throws IOException if it could not be changed
     */
    void change(double eventsPerSecond) throws IOException, InterruptedException;
}
