package gpuanalytics.event;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of one event by the contract's own names, in values of Java: for whoever would
 * otherwise write JSON only to have it read again. Not safe for threads.
 */
public final class Said {

    /** From 2^46 on a number may be one of DCGM's blanks, or beyond what a double tells apart. */
    private static final long PLAIN_BELOW = 1L << 46;

    /** So many digits are plainly none too many. */
    private static final int PLAIN_DIGITS = 20;

    /** The most that a character of a text, and what stands around a value, take as JSON. */
    private static final int CHAR_BYTES = 6;

    private static final int FIELD_BYTES = 64;

    private final EventTopic topic;
    private final @Nullable Object[] values;

    public Said(EventTopic topic) {
        this.topic = topic;
        this.values = new @Nullable Object[topic.fields().fields().size()];
    }

    EventTopic topic() {
        return topic;
    }

    /**
     * Says a value, whatever was said before.
     *
     * @param value a {@link String}, {@link Long}, {@link BigDecimal}, {@link Boolean} or {@link
     *     Instant}; whether it is good is not its sayer's to know
     */
    public Said set(Field<?> field, Object value) {
        values[field.index()] = value;
        return this;
    }

    /** What is said of a field; null for nothing. */
    public @Nullable Object get(Field<?> field) {
        return values[field.index()];
    }

    /** What is said of the field that has this index; null for nothing. */
    @Nullable Object valueAt(int index) {
        return values[index];
    }

    /** Whether anything is said of a field. */
    public boolean has(Field<?> field) {
        return values[field.index()] != null;
    }

    /**
     * The event, where each value is plainly good as it stands and so are all together; null where
     * it takes a closer look, which need not mean that anything is wrong.
     *
     * @param maxBytes how long it may be as JSON
     */
    @Nullable Event plain(int maxBytes) {
        var event = Event.builder(topic);
        long bytes = 0;
        for (var field : topic.fields().fields()) {
            var value = values[field.index()];
            if (value != null) {
                var good = plain(field, value);
                if (good == null) {
                    return null;
                }
                event.setUnchecked(field, good);
                bytes += FIELD_BYTES + (value instanceof String text ? text.length() : 0);
            }
        }
        if (bytes * CHAR_BYTES > maxBytes
                || (topic == EventTopic.TOKEN_USAGE && UsageRules.apply(event) != null)
                || Validation.checkWhole(topic, event) != null) {
            return null;
        }
        return event.uncheckedLast();
    }

    private static @Nullable Object plain(Field<?> field, Object value) {
        return switch (value) {
            case String text when field.kind() == Field.Kind.TEXT ->
                    isPlain(field, text) ? text : null;
            case Long number when field.kind() == Field.Kind.INTEGER ->
                    isPlain(field, number) ? number : null;
            case BigDecimal number when field.kind() == Field.Kind.NUMBER ->
                    plainNumber(field, number);
            case Instant time when field.kind() == Field.Kind.TIME ->
                    Validation.checkTime(field, field.name(), time) == null ? time : null;
            case Boolean flag when field.kind() == Field.Kind.FLAG -> flag;
            default -> null;
        };
    }

    private static boolean isPlain(Field<?> field, String text) {
        return !JsonValue.isAbsent(field, text)
                && Validation.checkText(field, field.name(), text) == null;
    }

    private static boolean isPlain(Field<?> field, long number) {
        return number < PLAIN_BELOW && Validation.isWithin(field, (double) number);
    }

    private static @Nullable Double plainNumber(Field<?> field, BigDecimal number) {
        if ((field.isRatio() && number.compareTo(BigDecimal.ONE) > 0)
                || number.precision() > PLAIN_DIGITS
                || number.scale() < 0
                || number.scale() > PLAIN_DIGITS) {
            return null;
        }
        double value = number.doubleValue();
        return value < PLAIN_BELOW && Validation.isWithin(field, value) ? value : null;
    }
}
