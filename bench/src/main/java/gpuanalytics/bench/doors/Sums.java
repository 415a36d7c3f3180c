package gpuanalytics.bench.doors;

/**
 * What usages come to.
 *
 * @param requests how many they are
 * @param promptTokens the tokens of their prompts
 * @param completionTokens the tokens of their answers
 */
record Sums(long requests, long promptTokens, long completionTokens) {

    static final Sums NONE = new Sums(0, 0, 0);

    Sums plus(Sums other) {
        return new Sums(
                requests + other.requests,
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens);
    }

    @Override
    public String toString() {
        return "%,d requests, %,d prompt and %,d completion tokens"
                .formatted(requests, promptTokens, completionTokens);
    }
}
