package gpuanalytics.producer.source.synthetic;

/**
 * How fast a GPU serves a language model, by the roofline: reading a prompt is bound by compute (2
 * × parameters operations per token); a decoding step gives one token to each running request and
 * takes the time to read all weights, to read every request's cache, and to compute each token.
 *
 * <p>Orders of magnitude to compare with: NVIDIA's TensorRT-LLM 0.5.0 {@code performance.md} has
 * 2,058 completion tokens per second for LLaMA 7B at 2,048 prompt and 128 completion tokens on an
 * H100, that is 33,000 prompt tokens per second (here: 31,000 for 8 billion parameters, without the
 * completions); GPUStack's performance lab has 2,100 to 6,800 tokens per second, both kinds, for
 * Qwen3-32B on an H100 (here: 2,900 for 70 billion and 15,000 for 14 billion).
 *
 * @param prefillTokensPerSecond prompt tokens read per second
 * @param weightSeconds the part of a decoding step that does not depend on the requests
 * @param tokenSeconds what each request adds to a decoding step
 * @param contextTokenSeconds what each token of the requests' contexts adds to a decoding step
 * @param cacheTokens tokens of running requests that fit into memory
 * @param maxRunning how many requests may run together
 */
record ServingModel(
        double prefillTokensPerSecond,
        double weightSeconds,
        double tokenSeconds,
        double contextTokenSeconds,
        long cacheTokens,
        int maxRunning) {

    /** Shares of the data sheet's rates that serving engines reach. */
    private static final double PREFILL_EFFICIENCY = 0.5;

    private static final double DECODE_EFFICIENCY = 0.25;
    private static final double BANDWIDTH_EFFICIENCY = 0.6;

    /** As vLLM's max_num_seqs. */
    private static final int MAX_RUNNING = 256;

    private static final int TYPICAL_CONTEXT_TOKENS = 2048;
    private static final long LEAST_CACHE_TOKENS = 256;

    /** Memory of the CUDA context and the engine's own buffers. */
    static final long RUNTIME_BYTES = 1L << 30;

    static ServingModel of(GpuModel gpu, LanguageModel language) {
        double operations = 2 * language.parameters();
        double bytesPerSecond = gpu.bytesPerSecond() * BANDWIDTH_EFFICIENCY;
        long free = gpu.memoryBytes() - language.weightBytes() - RUNTIME_BYTES;
        long cache = Math.max(free / language.cacheBytesPerToken(), LEAST_CACHE_TOKENS);
        return new ServingModel(
                gpu.flopsPerSecond() * PREFILL_EFFICIENCY / operations,
                language.weightBytes() / bytesPerSecond,
                operations / (gpu.flopsPerSecond() * DECODE_EFFICIENCY),
                language.cacheBytesPerToken() / bytesPerSecond,
                cache,
                (int) Math.clamp(cache / TYPICAL_CONTEXT_TOKENS, 1L, MAX_RUNNING));
    }

    /** Seconds of a decoding step while this many requests with this much context run. */
    double stepSeconds(int running, double contextTokens) {
        return weightSeconds + running * tokenSeconds + contextTokens * contextTokenSeconds;
    }

    /**
     * The share of the GPU's capacity that such decoding steps, one after the other, make use of: a
     * full batch divides the reading of the weights among the most requests.
     */
    double decodeLoad(int running, double contextTokens) {
        double work =
                running * (weightSeconds / maxRunning + tokenSeconds)
                        + contextTokens * contextTokenSeconds;
        return Math.min(work / stepSeconds(running, contextTokens), 1);
    }

    /** Completion tokens per second of a request that is alone, at most. */
    double singleTokensPerSecond() {
        return 1 / (weightSeconds + tokenSeconds);
    }

    /** Seconds of the whole GPU, run at full batch, that a request's tokens take. */
    double seconds(int uncachedPromptTokens, int promptTokens, int completionTokens) {
        double perToken =
                weightSeconds / maxRunning
                        + tokenSeconds
                        + meanContext(promptTokens, completionTokens) * contextTokenSeconds;
        // the first token comes with the prompt
        return uncachedPromptTokens / prefillTokensPerSecond + (completionTokens - 1) * perToken;
    }

    /** The context of a request in the middle of its completion, in tokens. */
    static double meanContext(int promptTokens, int completionTokens) {
        return promptTokens + completionTokens / 2.0;
    }
}
