package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import org.jspecify.annotations.Nullable;

/** The rules that concern more than one field, and those that a value must meet by itself. */
final class Validation {

    private Validation() {}

    /** The first defect of the collected values, or null where there is none. */
    static @Nullable Rejected check(EventTopic topic, Event.Builder event) {
        for (var field : topic.fields().fields()) {
            var value = event.valueOf(field);
            var refusal = value == null ? missing(field) : outOfRange(field, value);
            if (refusal != null) {
                return refusal;
            }
        }
        return switch (topic) {
            case GPU_METRICS -> checkMetric(event);
            case TOKEN_USAGE -> checkUsage(event);
        };
    }

    private static @Nullable Rejected missing(Field<?> field) {
        return field.required()
                ? new Rejected(
                        RejectReason.MISSING_FIELD, field.name() + " is missing, it is required")
                : null;
    }

    private static @Nullable Rejected outOfRange(Field<?> field, Object value) {
        return switch (field.kind()) {
            case TEXT -> outOfRange(field, "characters of " + field, ((String) value).length());
            case INTEGER, NUMBER -> outOfRange(field, field.name(), ((Number) value).doubleValue());
            case TIME, FLAG -> null;
        };
    }

    private static @Nullable Rejected outOfRange(Field<?> field, String what, double value) {
        if (value >= field.min() && value <= field.max()) {
            return null;
        }
        return new Rejected(
                RejectReason.OUT_OF_RANGE,
                "%s is %s, expected %s to %s"
                        .formatted(what, plain(value), plain(field.min()), plain(field.max())));
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static @Nullable Rejected checkMetric(Event.Builder event) {
        if (!event.has(GpuMetric.GPU_INDEX) && !event.has(GpuMetric.GPU_UUID)) {
            return new Rejected(
                    RejectReason.MISSING_FIELD,
                    "gpu_index and gpu_uuid are missing, one of them is required");
        }
        return null;
    }

    private static @Nullable Rejected checkUsage(Event.Builder event) {
        if (!event.has(TokenUsage.PROMPT_TOKENS) && !event.has(TokenUsage.COMPLETION_TOKENS)) {
            return new Rejected(
                    RejectReason.MISSING_FIELD,
                    "prompt_tokens and completion_tokens are missing, one of them is required");
        }
        var refusal = subset(event, TokenUsage.CACHED_PROMPT_TOKENS, TokenUsage.PROMPT_TOKENS);
        if (refusal == null) {
            refusal = subset(event, TokenUsage.CACHE_WRITE_TOKENS, TokenUsage.PROMPT_TOKENS);
        }
        if (refusal == null) {
            refusal = subset(event, TokenUsage.REASONING_TOKENS, TokenUsage.COMPLETION_TOKENS);
        }
        return refusal;
    }

    private static @Nullable Rejected subset(
            Event.Builder event, Field<Long> part, Field<Long> whole) {
        if (event.valueOf(part) instanceof Long some
                && event.valueOf(whole) instanceof Long all
                && some > all) {
            return new Rejected(
                    RejectReason.OUT_OF_RANGE,
                    "%s is %d, expected at most %s, which is %d"
                            .formatted(part.name(), some, whole.name(), all));
        }
        return null;
    }
}
