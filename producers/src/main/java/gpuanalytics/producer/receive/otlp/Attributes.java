package gpuanalytics.producer.receive.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Attributes by name, those of an item over those of its resource. */
final class Attributes {

    private final Map<String, AnyValue> values = new HashMap<>();

    private Attributes() {}

    /** Attributes of a resource. */
    static Attributes of(Collection<KeyValue> resource) {
        var attributes = new Attributes();
        resource.forEach(each -> attributes.values.put(each.getKey(), each.getValue()));
        return attributes;
    }

    /** The same with an item's own over them. */
    Attributes with(Collection<KeyValue> own) {
        var both = of(own);
        values.forEach(both.values::putIfAbsent);
        return both;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The text of an attribute, where it is one that is not empty. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name))
                .filter(AnyValue::hasStringValue)
                .map(AnyValue::getStringValue)
                .filter(text -> !text.isEmpty());
    }

    /** The number that an attribute is, be it as text; null where it is none. */
    @Nullable BigDecimal number(String name) {
        var value = values.get(name);
        return value == null ? null : numberOf(value);
    }

    private static @Nullable BigDecimal numberOf(AnyValue value) {
        return switch (value.getValueCase()) {
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

    /** Whether it is true or false; null where it is neither. */
    @Nullable Boolean flag(String name) {
        var value = values.get(name);
        return (value == null || !value.hasBoolValue()) ? null : value.getBoolValue();
    }

    /** All of them. */
    Map<String, AnyValue> values() {
        return values;
    }

    Collection<String> names() {
        return values.keySet();
    }
}
