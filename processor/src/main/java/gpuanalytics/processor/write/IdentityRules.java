package gpuanalytics.processor.write;

import java.time.Duration;

/**
 * How what is said under one identity is told apart.
 *
 * @param requestSpan how far the times of two usages may lie apart that are about one request
 * @param comparedWords how many words of an identity, the newest, a further one is compared with
 * @param maxPods of how many pods that share a GPU a sample holds the names
 */
public record IdentityRules(Duration requestSpan, int comparedWords, int maxPods) {

    public static final Duration DEFAULT_REQUEST_SPAN = Duration.ofHours(1);
    public static final int DEFAULT_COMPARED_WORDS = 64;
    public static final int DEFAULT_MAX_PODS = 64;

    /** The defaults. */
    public static IdentityRules defaults() {
        return new IdentityRules(DEFAULT_REQUEST_SPAN, DEFAULT_COMPARED_WORDS, DEFAULT_MAX_PODS);
    }
}
