package gpuanalytics.producer.source.synthetic;

/**
 * How fast a GPU serves a language model, by the roofline: reading a prompt is bound by compute (2
 * × parameters operations per token), writing one completion by memory (all weights are read for
 * each token), writing many at once by compute again.
 *
 * @param prefillTokensPerSecond prompt tokens read per second
 * @param singleTokensPerSecond completion tokens per second of a request that is alone
 * @param batchTokensPerSecond completion tokens per second of all requests, at most
 * @param cacheTokens tokens of running requests that fit into memory
 */
record ServingModel(
        double prefillTokensPerSecond,
        double singleTokensPerSecond,
        double batchTokensPerSecond,
        long cacheTokens) {

    /** Shares of the data sheet's rates that serving engines reach. */
    private static final double PREFILL_EFFICIENCY = 0.5;

    private static final double DECODE_EFFICIENCY = 0.25;
    private static final double BANDWIDTH_EFFICIENCY = 0.6;

    /** Memory of the CUDA context and the engine's own buffers. */
    static final long RUNTIME_BYTES = 1L << 30;

    static ServingModel of(GpuModel gpu, LanguageModel language) {
        double operations = 2 * language.parameters();
        double batch = gpu.flopsPerSecond() * DECODE_EFFICIENCY / operations;
        double single = gpu.bytesPerSecond() * BANDWIDTH_EFFICIENCY / language.weightBytes();
        long free = gpu.memoryBytes() - language.weightBytes() - RUNTIME_BYTES;
        return new ServingModel(
                gpu.flopsPerSecond() * PREFILL_EFFICIENCY / operations,
                Math.min(single, batch),
                batch,
                Math.max(free, 0) / language.cacheBytesPerToken());
    }

    /** How many requests at once bring half of the batch rate. */
    double halfBatch() {
        return batchTokensPerSecond / singleTokensPerSecond;
    }

    /** The share of the compute in use while this many requests run. */
    double computeShare(int running) {
        return running / (running + halfBatch());
    }

    /** Completion tokens per second of each of this many requests. */
    double tokensPerSecond(int running) {
        return singleTokensPerSecond / (1 + running / halfBatch());
    }

    /** Seconds of the whole GPU that a request's tokens take. */
    double seconds(double promptTokens, double completionTokens) {
        return promptTokens / prefillTokensPerSecond + completionTokens / batchTokensPerSecond;
    }
}
