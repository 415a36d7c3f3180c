package gpuanalytics.producer.source.synthetic;

/**
 * What a GPU does at a moment. Shares are of its whole capacity, from 0 to 1.
 *
 * @param utilization how much of the GPU is in use
 * @param sm how busy the multiprocessors are, at most the utilisation
 * @param tensor how busy the tensor cores are, at most {@code sm}
 * @param dram how busy the memory interface is
 * @param draw the part of the power between idle and the limit that such work takes at full
 *     utilisation
 * @param memoryBytes memory in use
 * @param requests requests under way
 */
record GpuLoad(
        double utilization,
        double sm,
        double tensor,
        double dram,
        double draw,
        double memoryBytes,
        int requests) {

    /**
     * Reading prompts goes up to the limit, decoding stays well below it (Patel et al., POLCA,
     * ASPLOS 2024, and Splitwise, ISCA 2024), training comes close to it.
     */
    private static final double PREFILL_DRAW = 0.95;

    private static final double DECODE_DRAW = 0.62;
    private static final double TRAINING_DRAW = 0.98;

    private static final double HELD_MEMORY = 0.6;
    private static final double TRAINING_MEMORY = 0.88;

    /** What the driver keeps for itself. */
    private static final double FREE_BYTES = 4 << 20;

    static GpuLoad serving(LanguageModel language, ServingEngine engine) {
        double prefill = engine.prefillLoad();
        double decode = engine.decodeLoad();
        double load = prefill + decode;
        return new GpuLoad(
                load,
                0.85 * prefill + 0.5 * decode,
                0.65 * prefill + 0.2 * decode,
                0.35 * prefill + 0.7 * decode,
                load == 0 ? 0 : (PREFILL_DRAW * prefill + DECODE_DRAW * decode) / load,
                (double) language.weightBytes()
                        + ServingModel.RUNTIME_BYTES
                        + (double) engine.cachedTokens() * language.cacheBytesPerToken(),
                engine.requests());
    }

    /** The load that a role brings by itself. */
    static GpuLoad of(GpuRole role, FleetGpu gpu, long timeUs) {
        double memory = gpu.model().memoryBytes();
        return switch (role) {
            case SERVING, FREE -> background(0, 0, FREE_BYTES);
            case TRAINING ->
                    background(
                            LoadCurve.training(gpu.number(), timeUs),
                            TRAINING_DRAW,
                            memory * TRAINING_MEMORY);
            case HELD ->
                    background(
                            LoadCurve.held(gpu.number(), timeUs),
                            DECODE_DRAW,
                            memory * HELD_MEMORY);
        };
    }

    private static GpuLoad background(double load, double draw, double memoryBytes) {
        return new GpuLoad(load, 0.85 * load, 0.6 * load, 0.5 * load, draw, memoryBytes, 0);
    }
}
