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

    private final List<KeyValue> own;
    private final @Nullable Attributes resource;
    private final @Nullable AnyValue[] known;
    private @Nullable Map<String, AnyValue> all;

    private Attributes(
            List<KeyValue> own, @Nullable Attributes resource, @Nullable AnyValue[] known) {
        this.own = own;
        this.resource = resource;
        this.known = known;
        for (var each : own) {
            var place = PLACES.get(each.getKey());
            if (place != null) {
                known[place] = each.getValue();
            }
        }
    }

    /** Attributes of a resource. */
    static Attributes of(List<KeyValue> resource) {
        return new Attributes(resource, null, new @Nullable AnyValue[GenAiName.ALL.size()]);
    }

    /** The same with an item's own over them. */
    Attributes with(List<KeyValue> item) {
        return new Attributes(item, this, known.clone());
    }

    /** The value under the name that has this place among {@link GenAiName#ALL}, or null. */
    @Nullable AnyValue known(int place) {
        return known[place];
    }

    private @Nullable AnyValue value(String name) {
        var place = PLACES.get(name);
        return place == null ? values().get(name) : known[place];
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /** The text of an attribute, where it is one that is not empty. */
    Optional<String> text(String name) {
        return Optional.ofNullable(textOf(value(name)));
    }

    /** The text that a value is; null where it is none or empty. */
    static @Nullable String textOf(@Nullable AnyValue value) {
        if (value == null || !value.hasStringValue()) {
            return null;
        }
        var text = value.getStringValue();
        return text.isEmpty() ? null : text;
    }

    /** The number that an attribute is, be it as text; null where it is none. */
    @Nullable BigDecimal number(String name) {
        return numberOf(value(name));
    }

    /** The number that a value is, be it as text; null where it is none. */
    static @Nullable BigDecimal numberOf(@Nullable AnyValue value) {
        return value == null
                ? null
                : switch (value.getValueCase()) {
                    case INT_VALUE -> BigDecimal.valueOf(value.getIntValue());
                    case DOUBLE_VALUE ->
                            Double.isFinite(value.getDoubleValue())
                                    ? BigDecimal.valueOf(value.getDoubleValue())
                                    : null;
                    case STRING_VALUE -> parsed(value.getStringValue());
                    default -> null;
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
    static @Nullable Boolean flagOf(@Nullable AnyValue value) {
        return (value == null || !value.hasBoolValue()) ? null : value.getBoolValue();
    }

    /** All of them. */
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
