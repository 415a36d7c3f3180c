package gpuanalytics.producer.source.synthetic;

/**
 * What one GPU of the fleet contributes to the deployment's rate.
 *
 * @param requestsPerSecond mean rate of its requests, each one usage
 * @param intervalUs microseconds between its samples
 */
record GpuRate(double requestsPerSecond, long intervalUs) {

    /**
     * Every GPU contributes the same. At most half of the events are samples: at a low rate samples
     * are taken less often than every {@code leastIntervalUs}.
     *
     * @param eventsPerSecond the deployment's rate, samples and usages together
     */
    static GpuRate of(double eventsPerSecond, int fleetSize, long leastIntervalUs) {
        double eventsOfGpu = eventsPerSecond / fleetSize;
        long intervalUs = Math.max(leastIntervalUs, Math.round(2 / eventsOfGpu * 1000) * 1000);
        return new GpuRate(eventsOfGpu - 1e6 / intervalUs, intervalUs);
    }
}
