package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;

/** The rules of an event that concern more than one field. */
final class FlatRules {

    private FlatRules() {}

    /** Whether the record that was scanned last keeps them. */
    static boolean hold(EventTopic topic, FlatScanner scanned) {
        return switch (topic) {
            case GPU_METRICS -> scanned.has(GpuMetric.GPU_INDEX) || scanned.has(GpuMetric.GPU_UUID);
            case TOKEN_USAGE ->
                    (scanned.has(TokenUsage.PROMPT_TOKENS)
                                    || scanned.has(TokenUsage.COMPLETION_TOKENS)
                                    || scanned.isFailure())
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

    private static boolean isPart(FlatScanner scanned, Field<Long> part, Field<Long> whole) {
        return !scanned.has(part)
                || !scanned.has(whole)
                || scanned.bits(part) <= scanned.bits(whole);
    }
}
