package gpuanalytics.processor.kept;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object of a list, each checked as it is read: what is wrong is a fault, and
 * reading goes on. An empty value is as good as none.
 */
public final class Fields {

    private static final int MAX_TEXT_CHARS = 512;

    /** More digits than a price has; a number with a large exponent takes for ever to expand. */
    private static final int MAX_DIGITS = 18;

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final String TIME =
            "a date such as 2026-01-31 or a time with its zone such as 2026-01-31T12:30:00Z";

    private final JsonNode node;
    private final String path;
    private final Faults faults;

    private Fields(JsonNode node, String path, Faults faults) {
        this.node = node;
        this.path = path;
        this.faults = faults;
    }

    /**
     * The fields of an object.
     *
     * @param path where it stands; empty for the whole
     * @param known the names that it may have
     */
    public static Fields of(JsonNode node, String path, List<String> known, Faults faults) {
        if (!node.isObject()) {
            faults.add(
                    path.isEmpty() ? "the list" : path,
                    kind(node),
                    "an object of " + String.join(", ", known));
        }
        node.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!known.contains(name)) {
                                faults.add(
                                        join(path, Faults.shown(name)),
                                        "unknown",
                                        "one of " + String.join(", ", known));
                            }
                        });
        return new Fields(node, path, faults);
    }

    public boolean isObject() {
        return node.isObject();
    }

    /** Notes that a field is not there; of what is no object that is said already. */
    public void absent(String name, String expected) {
        if (isObject()) {
            faults.add(path(name), "absent", expected);
        }
    }

    /** Where a field stands. */
    public String path(String name) {
        return join(path, name);
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The value of a field; empty where there is none. */
    public Optional<JsonNode> value(String name) {
        var value = node.path(name);
        boolean isEmpty =
                value.isMissingNode()
                        || value.isNull()
                        || (value.isTextual() && value.textValue().isEmpty());
        return isEmpty ? Optional.empty() : Optional.of(value);
    }

    /** Whether a field is there as a text without characters, which counts as absent. */
    public boolean isEmptyText(String name) {
        return node.path(name).isTextual() && node.path(name).textValue().isEmpty();
    }

    /** A text that must be there. */
    public Optional<String> requiredText(String name, String expected) {
        var text = text(name);
        if (value(name).isEmpty()) {
            absent(name, expected);
        }
        return text;
    }

    /** A text that may be there. */
    public Optional<String> text(String name) {
        return value(name).flatMap(value -> text(value, path(name)));
    }

    private Optional<String> text(JsonNode value, String at) {
        if (!value.isTextual()) {
            faults.add(at, kind(value), "a text");
            return Optional.empty();
        }
        var text = value.textValue();
        if (text.isBlank() || text.length() > MAX_TEXT_CHARS) {
            faults.add(at, text, "a text of 1 to %d characters".formatted(MAX_TEXT_CHARS));
            return Optional.empty();
        }
        return Optional.of(text.strip());
    }

    /** The texts of a list; none where it is not there. */
    public List<String> texts(String name) {
        var texts = new ArrayList<String>();
        var elements = elements(name);
        for (int i = 0; i < elements.size(); i++) {
            text(elements.get(i), "%s[%d]".formatted(path(name), i)).ifPresent(texts::add);
        }
        return texts;
    }

    /** The elements of a list; none where it is not there. */
    public List<JsonNode> elements(String name) {
        var elements = new ArrayList<JsonNode>();
        value(name)
                .ifPresent(
                        value -> {
                            if (value.isArray()) {
                                value.forEach(elements::add);
                            } else {
                                faults.add(path(name), kind(value), "a list");
                            }
                        });
        return elements;
    }

    /** A price that may be there. */
    public Optional<BigDecimal> usd(String name, long max) {
        return value(name).flatMap(value -> usd(value, path(name), max));
    }

    /** A price that must be there. */
    public Optional<BigDecimal> requiredUsd(String name, long max) {
        if (value(name).isEmpty()) {
            absent(name, usdUpTo(max));
        }
        return usd(name, max);
    }

    private Optional<BigDecimal> usd(JsonNode value, String at, long max) {
        if (value.isNumber() && !Double.isNaN(value.doubleValue())) {
            var usd = value.decimalValue();
            if (usd.precision() <= MAX_DIGITS
                    && Math.abs(usd.scale()) <= MAX_DIGITS
                    && usd.signum() >= 0
                    && usd.compareTo(BigDecimal.valueOf(max)) <= 0) {
                return Optional.of(usd);
            }
        }
        faults.add(at, value.isValueNode() ? value.asText() : kind(value), usdUpTo(max));
        return Optional.empty();
    }

    private static String usdUpTo(long max) {
        return "a number of USD from 0 to %d with at most %d digits".formatted(max, MAX_DIGITS);
    }

    /** A moment that must be there; a date is its midnight in UTC. */
    public Optional<Instant> requiredTime(String name) {
        if (value(name).isEmpty()) {
            absent(name, TIME);
        }
        return time(name);
    }

    /** A moment that may be there. */
    public Optional<Instant> time(String name) {
        return value(name)
                .flatMap(
                        value -> {
                            var time = value.isTextual() ? parsed(value.textValue()) : null;
                            if (time == null || time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
                                var shown = value.isValueNode() ? value.asText() : kind(value);
                                faults.add(path(name), shown, TIME);
                                return Optional.empty();
                            }
                            return Optional.of(time);
                        });
    }

    private static @Nullable Instant parsed(String text) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException ignored) {
            return null; // the caller tells what was expected
        }
    }

    /** A constant of an enum in lower case; the default where it is not there. */
    public <E extends Enum<E>> Optional<E> choice(String name, E defaultValue) {
        var text = value(name);
        if (text.isEmpty()) {
            return Optional.of(defaultValue);
        }
        var constants = defaultValue.getDeclaringClass().getEnumConstants();
        var found =
                Stream.of(constants)
                        .filter(each -> lower(each).equals(text.get().textValue()))
                        .findFirst();
        if (found.isEmpty()) {
            faults.add(
                    path(name),
                    text.get().isValueNode() ? text.get().asText() : kind(text.get()),
                    Stream.of(constants).map(Fields::lower).collect(Collectors.joining(" or ")));
        }
        return found;
    }

    /** A constant as lists have it. */
    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> "an object";
            case ARRAY -> "a list";
            case STRING, BINARY -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> node.asText();
            case NULL, MISSING -> "empty";
        };
    }
}
