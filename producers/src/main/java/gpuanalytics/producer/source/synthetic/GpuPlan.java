package gpuanalytics.producer.source.synthetic;

/**
 * What one GPU of the fleet does and contributes to the deployment's rate.
 *
 * @param role what it is used for
 * @param requestsPerSecond mean rate of its requests, each one usage; 0 unless it serves
 * @param sizeFactor 1 for requests as long as those of public traces, less where they come so fast
 *     that no GPU of the fleet could serve such
 * @param intervalUs microseconds between its samples
 */
record GpuPlan(GpuRole role, double requestsPerSecond, double sizeFactor, long intervalUs) {}
