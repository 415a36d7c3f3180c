package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Reading;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rules that a value must meet by itself, and those that concern more than one field. */
final class Validation {

    /** Below it, from the blank on, all is plain. */
    private static final int LAST_PLAIN = 0x7f;

    private static final List<Field<?>> ANY_NAME_OF_A_GPU =
            List.of(GpuMetric.GPU_INDEX, GpuMetric.GPU_UUID);
    private static final List<Field<?>> ANY_TOKENS =
            List.of(TokenUsage.PROMPT_TOKENS, TokenUsage.COMPLETION_TOKENS);

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
        var missing = missing(topic, event);
        return switch (missing.size()) {
            case 0 -> topic == EventTopic.TOKEN_USAGE ? checkParts(event) : null;
            case 1 ->
                    new Rejected(
                            RejectReason.MISSING_FIELD,
                            missing.getFirst().name() + " is missing, it is required");
            default ->
                    new Rejected(
                            RejectReason.MISSING_FIELD,
                            "%s are missing, one of them is required%s"
                                    .formatted(
                                            missing.stream()
                                                    .map(Field::name)
                                                    .collect(Collectors.joining(" and ")),
                                            unless(topic)));
        };
    }

    private static String unless(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> "";
            case TOKEN_USAGE -> " unless error_type or status says that the request failed";
        };
    }

    /**
     * The field that an event lacks and must have, or those of which it must have one; empty where
     * it has what it must.
     */
    static List<Field<?>> missing(EventTopic topic, Event.Builder event) {
        for (var field : topic.fields().fields()) {
            if (field.required() && !event.has(field)) {
                return List.of(field);
            }
        }
        var oneOf =
                switch (topic) {
                    case GPU_METRICS -> ANY_NAME_OF_A_GPU;
                    case TOKEN_USAGE -> ANY_TOKENS;
                };
        boolean hasOne = event.has(oneOf.getFirst()) || event.has(oneOf.getLast());
        return hasOne || (topic == EventTopic.TOKEN_USAGE && isFailure(event)) ? List.of() : oneOf;
    }

    /** The defect of one value in the field's own unit, or null where there is none. */
    static @Nullable Rejected checkValue(Field<?> field, Object value) {
        return switch (field.kind()) {
            case TEXT -> checkText(field, field.name(), (String) value);
            case TIME -> checkTime(field, field.name(), (Instant) value);
            case INTEGER, NUMBER ->
                    isWithin(field, ((Number) value).doubleValue())
                            ? null
                            : outOfRange(field.name(), field, null, String.valueOf(value));
            case FLAG -> null;
        };
    }

    /** The defect of a text under the name it was sent by, or null where there is none. */
    static @Nullable Rejected checkText(Field<?> field, String name, String text) {
        if (isPlain(field, text)) {
            return null;
        }
        int points = text.codePointCount(0, text.length());
        if (points < field.min() || points > field.max()) {
            return new Rejected(
                    RejectReason.OUT_OF_RANGE,
                    "%s is %d characters, expected %s to %s"
                            .formatted(name, points, plain(field.min()), plain(field.max())));
        }
        for (int i = 0; i < text.length(); i++) {
            int point = text.codePointAt(i);
            if (isOdd(point)) {
                return new Rejected(
                        RejectReason.OUT_OF_RANGE,
                        "%s contains U+%04X, expected no control characters and no lone surrogates"
                                .formatted(name, point));
            }
            i += Character.charCount(point) - 1;
        }
        return null;
    }

    /** Whether a text is of an allowed length and ASCII without control characters. */
    private static boolean isPlain(Field<?> field, String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char each = text.charAt(i);
            if (each < ' ' || each >= LAST_PLAIN) {
                return false;
            }
        }
        return length >= field.min() && length <= field.max();
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
     * @param name the name it was sent by
     * @param alias the alias that this is, or null for the field's own name
     * @param shown the number as it was sent
     */
    static Rejected outOfRange(String name, Field<?> field, @Nullable Alias alias, String shown) {
        return new Rejected(
                RejectReason.OUT_OF_RANGE,
                "%s is %s, expected %s to %s"
                        .formatted(
                                name,
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
        return point < LAST_PLAIN
                ? point < ' '
                : Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE;
    }

    private static @Nullable Rejected checkParts(Event.Builder event) {
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
