package gpuanalytics.processor.meter;

import java.time.Duration;

/**
 * What a GPU's counters may say, and of how many GPUs the last reading is kept in memory.
 *
 * @param gpus GPUs and MIG instances; those with samples under way are kept beyond it
 * @param maxPowerW the most that a board draws: a counter that rises faster is not believed
 * @param maxGap the longest time between two readings whose difference counts
 */
public record MeterLimits(int gpus, double maxPowerW, Duration maxGap) {}
