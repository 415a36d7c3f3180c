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
public record SyntheticOptions(Fleet fleet, long seed, Duration sampleInterval, Duration catchUp) {}
