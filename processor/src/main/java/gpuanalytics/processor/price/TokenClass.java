package gpuanalytics.processor.price;

/** What tokens are billed as; each token of a request is of one class. */
public enum TokenClass {
    /** Tokens of the prompt that are neither read from a cache nor written to one. */
    INPUT,
    /** Tokens of the prompt that were read from a cache. */
    CACHED_INPUT,
    /** Tokens of the prompt that were written to a cache. */
    CACHE_WRITE,
    /** Tokens of the completion without those of reasoning. */
    OUTPUT,
    /** Tokens of the completion that nobody was shown. */
    REASONING
}
