package gpuanalytics.service.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a program's environment variables. An unset or empty variable has its default.
 *
 * <p>A bad value is noted and its default returned, so that reading goes on and {@link #check}
 * reports every error together. Every variable asked for is remembered with its description: the
 * help text and the documentation are made from that.
 */
public final class EnvironmentReader {

    private final Map<String, String> environment;
    private final List<Variable> declared = new ArrayList<>();
    private final Map<String, String> topics = new HashMap<>();
    private final List<String> errors = new ArrayList<>();

    public EnvironmentReader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Any text. */
    public String text(String name, String defaultValue, String description) {
        declare(name, defaultValue, description);
        return value(name).orElse(defaultValue);
    }

    /** Any text, or nothing where it is not set. */
    public Optional<String> text(String name, String description) {
        declare(name, "", description);
        return value(name);
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String name, int defaultValue, int min, int max, String description) {
        return Math.toIntExact(integer(name, (long) defaultValue, min, max, description));
    }

    /** A whole number from {@code min} to {@code max}. */
    public long integer(String name, long defaultValue, long min, long max, String description) {
        declare(name, Long.toString(defaultValue), description);
        return wholeNumber(name, defaultValue, min, max);
    }

    /** A whole number from {@code min} to {@code max}, or nothing where it is not set. */
    public Optional<Long> integer(String name, long min, long max, String description) {
        declare(name, "", description);
        return value(name).map(ignored -> wholeNumber(name, min, min, max));
    }

    /** A number from {@code min} to {@code max}. */
    public double number(
            String name, double defaultValue, double min, double max, String description) {
        declare(name, Notation.plain(defaultValue), description);
        return decimal(name, defaultValue, min, max);
    }

    /** A number from {@code min} to {@code max}, or nothing where it is not set. */
    public Optional<Double> number(String name, double min, double max, String description) {
        declare(name, "", description);
        return value(name).map(ignored -> decimal(name, min, min, max));
    }

    /** A decimal number from 0 to {@code max} as it is written, or nothing where it is not set. */
    public Optional<BigDecimal> exact(String name, long max, String description) {
        declare(name, "", description);
        var value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        var number = Notation.number(value.get());
        if (number != null && Notation.within(number, BigDecimal.ZERO, BigDecimal.valueOf(max))) {
            return Optional.of(number);
        }
        return refuse(name, value.get(), "a number " + range(0, max, false), Optional.empty());
    }

    /** A whole number of {@code unit}s; the unit belongs into the variable's name. */
    public Duration duration(
            String name,
            ChronoUnit unit,
            long defaultValue,
            long min,
            long max,
            String description) {
        return Duration.of(integer(name, defaultValue, min, max, description), unit);
    }

    /** A number of bytes, with or without KiB, MiB or GiB. */
    public long bytes(String name, long defaultValue, long min, long max, String description) {
        declare(name, Notation.plainBytes(defaultValue), description);
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        var bytes = Notation.bytes(value.get());
        if (bytes.isPresent()
                && Notation.within(bytes.get(), BigDecimal.valueOf(min), BigDecimal.valueOf(max))) {
            return bytes.get().longValueExact();
        }
        return refuse(
                name,
                value.get(),
                "bytes such as 8388608 or 8 MiB, from %s to %s"
                        .formatted(Notation.plainBytes(min), Notation.plainBytes(max)),
                defaultValue);
    }

    /** One constant of an enum, written in lower case. */
    public <E extends Enum<E>> E choice(String name, E defaultValue, String description) {
        declare(name, Notation.lower(defaultValue), description);
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        return Notation.constant(defaultValue.getDeclaringClass(), value.get())
                .orElseGet(
                        () ->
                                refuse(
                                        name,
                                        value.get(),
                                        Notation.names(defaultValue.getDeclaringClass(), " or "),
                                        defaultValue));
    }

    /** Constants of an enum, written in lower case and separated by commas; none where not set. */
    public <E extends Enum<E>> Set<E> choices(String name, Class<E> type, String description) {
        var chosen = EnumSet.noneOf(type);
        for (var part : list(name, description)) {
            var constant = Notation.constant(type, part);
            if (constant.isEmpty()) {
                return refuse(
                        name, part, "some of " + Notation.names(type, ", "), EnumSet.noneOf(type));
            }
            if (!chosen.add(constant.get())) {
                return refuse(name, part + " twice", "each once", EnumSet.noneOf(type));
            }
        }
        return chosen;
    }

    /** Whether a variable has a value of its own. */
    public boolean isSet(String name) {
        return value(name).isPresent();
    }

    /** true or false. */
    public boolean flag(String name, boolean defaultValue, String description) {
        declare(name, Boolean.toString(defaultValue), description);
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        return switch (value.get()) {
            case "true" -> true;
            case "false" -> false;
            default -> refuse(name, value.get(), "true or false", defaultValue);
        };
    }

    /** Texts separated by commas; none where it is not set. */
    public List<String> list(String name, String description) {
        declare(name, "", description);
        return value(name).map(Notation::split).orElse(List.of());
    }

    /** Addresses {@code host:port} separated by commas, as Kafka's clients take them. */
    public String addresses(String name, String defaultValue, String description) {
        declare(name, defaultValue, description);
        var value = value(name).orElse(defaultValue);
        var parts = Notation.split(value);
        if (!parts.isEmpty() && parts.stream().allMatch(Notation::isAddress)) {
            return String.join(",", parts);
        }
        return refuse(name, value, "host:port, several separated by commas", defaultValue);
    }

    /**
     * The name of a topic. No two variables may name the same one: what one of them means would be
     * read as what the other does.
     */
    public String topic(String name, String defaultValue, String description) {
        declare(name, defaultValue, description);
        var value = value(name).orElse(defaultValue);
        if (!Notation.isTopic(value)) {
            return refuse(
                    name, value, "a topic name: up to 249 of A-Z a-z 0-9 . _ -", defaultValue);
        }
        var other = topics.putIfAbsent(value, name);
        return other == null
                ? value
                : refuse(name, value, "another topic than that of " + other, defaultValue);
    }

    /** A TCP port to listen on; 0 takes a free one. */
    public int port(String name, int defaultValue, String description) {
        return integer(name, defaultValue, 0, 65_535, description);
    }

    /**
     * A URL with one of these schemes that may hold a password, from {@code name} or from the file
     * that {@code name_FILE} names. Neither is ever printed.
     */
    public Secret secretUrl(
            String name, String defaultValue, List<String> schemes, String description) {
        var fileName = name + "_FILE";
        declare(name, defaultValue, description);
        declare(fileName, "", "A file that holds " + name + ", instead of it");
        var url = hidden(name, fileName).orElse(defaultValue);
        if (schemes.stream().noneMatch(scheme -> url.startsWith(scheme + "://"))) {
            var expected =
                    schemes.stream()
                            .map(scheme -> scheme + "://…")
                            .collect(Collectors.joining(" or "));
            errors.add("%s (not shown) is not a URL, expected %s".formatted(name, expected));
            return new Secret(defaultValue);
        }
        return new Secret(url);
    }

    /**
     * A text that is never printed, from {@code name} or from the file that {@code name_FILE}
     * names; or nothing where neither is set.
     */
    public Optional<Secret> secret(String name, String description) {
        declare(name, "", description);
        declare(name + "_FILE", "", "A file that holds " + name + ", instead of it");
        return hidden(name, name + "_FILE").map(Secret::new);
    }

    /** Notes an error that concerns a value already read, or more than one. */
    public void error(String message) {
        errors.add(message);
    }

    /** The variables asked for so far, in that order. */
    public List<Variable> declared() {
        return List.copyOf(declared);
    }

    /** The errors found so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigurationException with every error, if there is one
     */
    public void check() {
        if (!errors.isEmpty()) {
            throw new ConfigurationException(errors);
        }
    }

    private void declare(String name, String defaultValue, String description) {
        if (declared.stream().anyMatch(variable -> variable.name().equals(name))) {
            throw new IllegalStateException(name + " is read twice");
        }
        declared.add(new Variable(name, defaultValue, description));
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private <T> T refuse(String name, String value, String expected, T defaultValue) {
        var shown = value.length() > 80 ? value.substring(0, 80) + "…" : value;
        errors.add("%s is %s, expected %s".formatted(name, shown, expected));
        return defaultValue;
    }

    private long wholeNumber(String name, long defaultValue, long min, long max) {
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        var number = Notation.number(value.get());
        if (number != null
                && number.stripTrailingZeros().scale() <= 0
                && Notation.within(number, BigDecimal.valueOf(min), BigDecimal.valueOf(max))) {
            return number.longValueExact();
        }
        var expected = "a whole number " + range(min, max, max == Long.MAX_VALUE);
        return refuse(name, value.get(), expected, defaultValue);
    }

    private double decimal(String name, double defaultValue, double min, double max) {
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        var number = Notation.number(value.get());
        if (number != null && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        var expected =
                "a number "
                        + range(Notation.plain(min), Notation.plain(max), max == Double.MAX_VALUE);
        return refuse(name, value.get(), expected, defaultValue);
    }

    private static String range(Object min, Object max, boolean open) {
        return open ? "of at least " + min : "from %s to %s".formatted(min, max);
    }

    private Optional<String> hidden(String name, String fileName) {
        var file = value(fileName);
        if (file.isEmpty()) {
            return value(name);
        }
        if (value(name).isPresent()) {
            errors.add("%s and %s are both set, expected one of them".formatted(name, fileName));
            return Optional.empty();
        }
        return readSecret(fileName, file.get());
    }

    private Optional<String> readSecret(String fileName, String file) {
        var secret = SecretFile.read(file);
        return secret.content().isPresent()
                ? secret.content()
                : refuse(fileName, file, secret.expected(), Optional.empty());
    }
}
