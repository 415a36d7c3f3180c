package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.event.UsageRules;

/** The rules of an event that concern more than one field. */
final class FlatRules {

    private static final long READINGS =
            GpuMetric.READINGS.stream().mapToLong(EventValues::bit).reduce(0, (a, b) -> a | b);

    private static final long PARTS =
            EventValues.bit(TokenUsage.CACHED_PROMPT_TOKENS)
                    | EventValues.bit(TokenUsage.CACHE_WRITE_TOKENS)
                    | EventValues.bit(TokenUsage.REASONING_TOKENS);

    private FlatRules() {}

    /** Whether the record that was scanned last keeps them. */
    static boolean hold(EventTopic topic, FlatScanner scanned) {
        return switch (topic) {
            case GPU_METRICS ->
                    (scanned.has(GpuMetric.GPU_INDEX) || scanned.has(GpuMetric.GPU_UUID))
                            // a sample of names that mean nothing says so
                            && (scanned.hasAny(READINGS) || !scanned.hasUnknown());
            case TOKEN_USAGE ->
                    (scanned.has(TokenUsage.PROMPT_TOKENS)
                                    || scanned.has(TokenUsage.COMPLETION_TOKENS)
                                    || scanned.isFailure())
                            && countsAsWeDo(scanned)
                            && isPart(
                                    scanned,
                                    TokenUsage.CACHED_PROMPT_TOKENS,
                                    TokenUsage.PROMPT_TOKENS)
                            && isPart(
                                    scanned,
                                    TokenUsage.CACHE_WRITE_TOKENS,
                                    TokenUsage.PROMPT_TOKENS)
                            && isPart(
                                    scanned,
                                    TokenUsage.REASONING_TOKENS,
                                    TokenUsage.COMPLETION_TOKENS);
        };
    }

    /** Whether neither a total nor the provider can say that parts are counted beside. */
    private static boolean countsAsWeDo(FlatScanner scanned) {
        if (scanned.hasTotal() && scanned.hasAny(PARTS)) {
            return false;
        }
        return !scanned.has(TokenUsage.REASONING_TOKENS)
                || !scanned.has(TokenUsage.PROVIDER)
                || scanned.length(TokenUsage.PROVIDER) > UsageRules.MAX_PROVIDER_CHARS
                || !UsageRules.countsReasoningBeside(scanned.textOf(TokenUsage.PROVIDER));
    }

    private static boolean isPart(FlatScanner scanned, Field<Long> part, Field<Long> whole) {
        return !scanned.has(part)
                || !scanned.has(whole)
                || scanned.bits(part) <= scanned.bits(whole);
    }
}
