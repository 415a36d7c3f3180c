package gpuanalytics.producer.source.synthetic;

import java.util.random.RandomGenerator;

/**
 * A request as it arrives.
 *
 * @param arrivalUs when, in microseconds since the epoch
 * @param user who asks
 * @param promptTokens length of the prompt
 * @param cachedTokens the part of the prompt that is in the server's cache
 * @param completionTokens length of the completion
 * @param reasoningTokens the part of the completion that is reasoning
 * @param stream whether the answer is streamed
 * @param cancelled whether the client goes away before the end
 */
record Request(
        long arrivalUs,
        Tenants.User user,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int reasoningTokens,
        boolean stream,
        boolean cancelled) {

    /**
     * Four in ten prompts begin with one that was asked before, by 30 to 95 %: a quarter of all
     * prompt tokens. In Mooncake's conversations it is at most 37 %, with a cache without limit.
     */
    private static final double CACHE_HIT_SHARE = 0.4;

    private static final double LEAST_HIT = 0.3;
    private static final double HIT_RANGE = 0.65;
    private static final int CACHE_BLOCK_TOKENS = 16;
    private static final double CANCELLED_SHARE = 0.006;
    private static final double MOST_REASONING = 0.8;

    /** What a server allows. */
    record Limits(int maxTokens, boolean reasons) {

        static Limits of(ServingModel serving, LanguageModel language) {
            return new Limits(
                    (int) Math.min(language.contextTokens(), serving.cacheTokens()),
                    language.reasons());
        }
    }

    /**
     * A request at random.
     *
     * @param interactiveShare how many requests people make, from 0 to 1
     * @param sizeFactor 1 for lengths like those of public traces
     */
    static Request draw(
            RandomGenerator random,
            long arrivalUs,
            Limits limits,
            double interactiveShare,
            double sizeFactor) {
        var user = Tenants.draw(random, interactiveShare);
        var project = user.project();
        int prompt = project.prompt().draw(random, sizeFactor, limits.maxTokens() / 2);
        int completion = project.completion().draw(random, sizeFactor, limits.maxTokens() - prompt);
        double hit = random.nextDouble();
        double cachedShare =
                hit < CACHE_HIT_SHARE ? LEAST_HIT + hit / CACHE_HIT_SHARE * HIT_RANGE : 0;
        int cached = (int) (prompt * cachedShare) / CACHE_BLOCK_TOKENS * CACHE_BLOCK_TOKENS;
        int reasoning =
                limits.reasons() ? (int) (completion * random.nextDouble() * MOST_REASONING) : 0;
        boolean stream = random.nextDouble() < project.streamShare();
        boolean cancelled = stream && random.nextDouble() < CANCELLED_SHARE;
        return new Request(
                arrivalUs, user, prompt, cached, completion, reasoning, stream, cancelled);
    }

    /** Seconds of the whole GPU, run at full batch, that it takes. */
    double seconds(ServingModel serving) {
        return serving.seconds(promptTokens - cachedTokens, promptTokens, completionTokens);
    }

    /** Tokens that it has in the cache at its end. */
    int tokens() {
        return promptTokens + completionTokens;
    }
}
