package gpuanalytics.producer.source.synthetic;

import java.util.Comparator;
import java.util.List;

/**
 * A language model as a load on a GPU.
 *
 * <p>Sizes follow the published architectures: cache bytes per token are 2 (key and value) × layers
 * × key-value heads × head size × 2 bytes.
 *
 * @param name its name
 * @param parameters how many weights it has
 * @param weightBytes memory its weights take
 * @param cacheBytesPerToken memory that one token of a running request takes
 * @param contextTokens the longest prompt and completion together
 * @param reasons whether completions begin with reasoning
 */
public record LanguageModel(
        String name,
        double parameters,
        long weightBytes,
        long cacheBytesPerToken,
        int contextTokens,
        boolean reasons) {

    static final List<LanguageModel> CATALOG =
            List.of(
                    // 80 layers, 8 heads of 128; weights in FP8
                    new LanguageModel(
                            "llama-3.1-70b", 70.6e9, 70_600_000_000L, 327_680, 131_072, false),
                    // 40 layers, 8 heads of 128
                    new LanguageModel("qwen3-14b", 14.8e9, 29_600_000_000L, 163_840, 32_768, true),
                    // 32 layers, 8 heads of 128
                    new LanguageModel(
                            "llama-3.1-8b", 8.0e9, 16_100_000_000L, 131_072, 131_072, false),
                    new LanguageModel("mistral-7b", 7.2e9, 14_500_000_000L, 131_072, 32_768, false),
                    // 22 layers, 4 heads of 64
                    new LanguageModel(
                            "tinyllama-1.1b", 1.1e9, 2_200_000_000L, 22_528, 2048, false));

    /** A fifth of the memory beside the weights is the least that serves more than one request. */
    private static final double MEMORY_FOR_WEIGHTS = 0.85;

    /** Models smaller than this part of the largest that fits are not worth the GPU. */
    private static final int SMALLEST_PART = 5;

    /**
     * A model that a GPU's memory holds and that makes use of it.
     *
     * @param choice goes round among them, the largest first
     */
    static LanguageModel fitting(long memoryBytes, int choice) {
        var fitting =
                CATALOG.stream()
                        .filter(model -> model.weightBytes <= memoryBytes * MEMORY_FOR_WEIGHTS)
                        .sorted(Comparator.comparingLong(LanguageModel::weightBytes).reversed())
                        .toList();
        if (fitting.isEmpty()) {
            return CATALOG.getLast();
        }
        long least = fitting.getFirst().weightBytes / SMALLEST_PART;
        var worthIt = fitting.stream().filter(model -> model.weightBytes > least).toList();
        return worthIt.get(choice % worthIt.size());
    }
}
