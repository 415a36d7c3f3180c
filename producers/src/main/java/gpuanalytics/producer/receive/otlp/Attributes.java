package gpuanalytics.producer.receive.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Attributes by name, those of an item over those of its resource. The names of {@link GenAiName}
 * have a place each, for a span is asked for all of them; the others are sorted only when one is
 * asked for. One thread at a time may ask.
 */
final class Attributes {

    private static final Map<String, Integer> PLACES =
            IntStream.range(0, GenAiName.ALL.size())
                    .boxed()
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    place -> GenAiName.ALL.get(place).attribute(), place -> place));

    /** A value that is none of text, whole number, number, flag and list, or not there. */
    static final Object OTHER = new Object();

    /** The only text of an array: what ended each choice of an answer, of which most have one. */
    private record Only(String text) {}

    private final List<KeyValue> own;
    private final @Nullable Attributes resource;
    private final @Nullable Object[] known;
    private @Nullable Map<String, AnyValue> all;

    private Attributes(
            List<KeyValue> own, @Nullable Attributes resource, @Nullable Object[] known) {
        this.own = own;
        this.resource = resource;
        this.known = known;
        for (var each : own) {
            var place = PLACES.get(each.getKey());
            if (place != null) {
                known[place] = plain(each.getValue());
            }
        }
    }

    /** Attributes of a resource. */
    static Attributes of(List<KeyValue> resource) {
        return new Attributes(resource, null, new @Nullable Object[GenAiName.ALL.size()]);
    }

    /** The same with an item's own over them. */
    Attributes with(List<KeyValue> item) {
        return new Attributes(item, this, known.clone());
    }

    /**
     * The same with an item's own over them, of which only those of {@link GenAiName} were read.
     *
     * @param read values by place, where they are not the resource's: texts, {@link Long}s, {@link
     *     Double}s, {@link Boolean}s or {@link #OTHER}; kept
     */
    Attributes withKnown(@Nullable Object[] read) {
        return new Attributes(List.of(), this, read);
    }

    /** A copy of the values by place, see {@link #withKnown}. */
    @Nullable Object[] copyOfKnown() {
        return known.clone();
    }

    /** The value under the name that has this place among {@link GenAiName#ALL}, or null. */
    @Nullable Object known(int place) {
        return known[place];
    }

    private @Nullable Object value(String name) {
        var place = PLACES.get(name);
        if (place != null) {
            return known[place];
        }
        var found = values().get(name);
        return found == null ? null : plain(found);
    }

    /** A value as Java has it, or {@link #OTHER}. */
    static Object plain(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case BOOL_VALUE -> value.getBoolValue();
            case ARRAY_VALUE ->
                    value.getArrayValue().getValuesCount() == 1
                                    && value.getArrayValue().getValues(0).hasStringValue()
                            ? new Only(value.getArrayValue().getValues(0).getStringValue())
                            : OTHER;
            default -> OTHER;
        };
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /** The text of an attribute, where it is one that is not empty. */
    Optional<String> text(String name) {
        return Optional.ofNullable(textOf(value(name)));
    }

    /** The text that a value is; null where it is none or empty. */
    static @Nullable String textOf(@Nullable Object value) {
        var said = value instanceof Only(var only) ? only : value;
        return said instanceof String text && !text.isEmpty() ? text : null;
    }

    /** The number that an attribute is, be it as text; null where it is none. */
    @Nullable BigDecimal number(String name) {
        return numberOf(value(name));
    }

    /** The number that a value is, be it as text; null where it is none. */
    static @Nullable BigDecimal numberOf(@Nullable Object value) {
        return switch (value) {
            case Long number -> BigDecimal.valueOf(number);
            case Double number -> Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
            case String text -> parsed(text);
            case null, default -> null;
        };
    }

    private static @Nullable BigDecimal parsed(String text) {
        if (text.isEmpty() || text.length() > 20 || !text.chars().allMatch(Attributes::isPlain)) {
            return null;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException ignored) {
            return null; // text, and no number
        }
    }

    private static boolean isPlain(int character) {
        return (character >= '0' && character <= '9') || character == '.' || character == '-';
    }

    /** Whether a value is true or false; null where it is neither. */
    static @Nullable Boolean flagOf(@Nullable Object value) {
        return value instanceof Boolean flag ? flag : null;
    }

    /** All of them; of an item whose known ones alone were read, those of its resource. */
    Map<String, AnyValue> values() {
        var sorted = all;
        if (sorted == null) {
            sorted = new HashMap<>();
            if (resource != null) {
                sorted.putAll(resource.values());
            }
            for (var each : own) {
                sorted.put(each.getKey(), each.getValue());
            }
            all = sorted;
        }
        return sorted;
    }

    Collection<String> names() {
        return values().keySet();
    }
}
