package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Reading;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The rules that a value must meet by itself, and those that concern more than one field. */
final class Validation {

    private Validation() {}

    /** The first defect of the collected values, or null where there is none. */
    static @Nullable Rejected check(EventTopic topic, Event.Builder event) {
        for (var field : topic.fields().fields()) {
            var value = event.valueOf(field);
            var rejection = value == null ? null : checkValue(field, value);
            if (rejection != null) {
                return rejection;
            }
        }
        return checkWhole(topic, event);
    }

    /** The first defect of values that are valid each by itself, or null where there is none. */
    static @Nullable Rejected checkWhole(EventTopic topic, Event.Builder event) {
        for (var field : topic.fields().fields()) {
            if (field.required() && !event.has(field)) {
                return new Rejected(
                        RejectReason.MISSING_FIELD, field.name() + " is missing, it is required");
            }
        }
        return switch (topic) {
            case GPU_METRICS -> checkMetric(event);
            case TOKEN_USAGE -> checkUsage(event);
        };
    }

    /** The defect of one value in the field's own unit, or null where there is none. */
    static @Nullable Rejected checkValue(Field<?> field, Object value) {
        return switch (field.kind()) {
            case TEXT -> checkText(field, field.name(), (String) value);
            case TIME -> checkTime(field, field.name(), (Instant) value);
            case INTEGER, NUMBER ->
                    isWithin(field, ((Number) value).doubleValue())
                            ? null
                            : outOfRange(field, null, String.valueOf(value));
            case FLAG -> null;
        };
    }

    /** The defect of a text under the name it was sent by, or null where there is none. */
    static @Nullable Rejected checkText(Field<?> field, String name, String text) {
        int points = text.codePointCount(0, text.length());
        if (points < field.min() || points > field.max()) {
            return new Rejected(
                    RejectReason.OUT_OF_RANGE,
                    "%s is %d characters, expected %s to %s"
                            .formatted(name, points, plain(field.min()), plain(field.max())));
        }
        var odd = text.codePoints().filter(Validation::isOdd).findFirst();
        if (odd.isPresent()) {
            return new Rejected(
                    RejectReason.OUT_OF_RANGE,
                    "%s contains U+%04X, expected no control characters and no lone surrogates"
                            .formatted(name, odd.getAsInt()));
        }
        return null;
    }

    /** The defect of a time under the name it was sent by, or null where there is none. */
    static @Nullable Rejected checkTime(Field<?> field, String name, Instant time) {
        if (isWithin(field, (double) time.getEpochSecond())) {
            return null;
        }
        return new Rejected(
                RejectReason.OUT_OF_RANGE,
                "%s is %s, expected %s to %s"
                        .formatted(
                                name,
                                time,
                                Instant.ofEpochSecond((long) field.min()),
                                Instant.ofEpochSecond((long) field.max())));
    }

    /** Whether a number lies in the field's range; NaN does not. */
    static boolean isWithin(Field<?> field, double value) {
        return value >= field.min() && value <= field.max();
    }

    /**
     * The rejection of a number, in the unit it was sent in.
     *
     * @param alias the name it was sent by, or null for the field's own
     * @param shown the number as it was sent
     */
    static Rejected outOfRange(Field<?> field, @Nullable Alias alias, String shown) {
        return new Rejected(
                RejectReason.OUT_OF_RANGE,
                "%s is %s, expected %s to %s"
                        .formatted(
                                alias == null ? field.name() : alias.name(),
                                Excerpt.of(shown),
                                sent(field.min(), alias),
                                sent(field.max(), alias)));
    }

    /** A limit in the unit of the sender. */
    static String sent(double limit, @Nullable Alias alias) {
        if (alias == null) {
            return plain(limit);
        }
        double scale = alias.reading() == Reading.RATIO_OR_PERCENT ? 0.01 : alias.scale();
        return BigDecimal.valueOf(limit)
                .divide(BigDecimal.valueOf(scale), MathContext.DECIMAL64)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Texts are labels: they go into keys, terminals and logs. */
    private static boolean isOdd(int point) {
        return Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE;
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
        if (!event.has(TokenUsage.PROMPT_TOKENS)
                && !event.has(TokenUsage.COMPLETION_TOKENS)
                && !isFailure(event)) {
            return new Rejected(
                    RejectReason.MISSING_FIELD,
                    "prompt_tokens and completion_tokens are missing, one of them is required"
                            + " unless error_type or status says that the request failed");
        }
        var rejection = subset(event, TokenUsage.CACHED_PROMPT_TOKENS, TokenUsage.PROMPT_TOKENS);
        if (rejection == null) {
            rejection = subset(event, TokenUsage.CACHE_WRITE_TOKENS, TokenUsage.PROMPT_TOKENS);
        }
        if (rejection == null) {
            rejection = subset(event, TokenUsage.REASONING_TOKENS, TokenUsage.COMPLETION_TOKENS);
        }
        return rejection;
    }

    private static boolean isFailure(Event.Builder event) {
        return RequestStatus.isFailure(
                (String) event.valueOf(TokenUsage.ERROR_TYPE),
                (String) event.valueOf(TokenUsage.STATUS));
    }

    private static @Nullable Rejected subset(
            Event.Builder event, Field<Long> part, Field<Long> whole) {
        if (event.valueOf(part) instanceof Long some
                && event.valueOf(whole) instanceof Long all
                && some > all) {
            return new Rejected(
                    RejectReason.OUT_OF_RANGE,
                    "%s is %d, expected at most %d, which is the %s they are part of"
                            .formatted(part.name(), some, all, whole.name()));
        }
        return null;
    }
}
