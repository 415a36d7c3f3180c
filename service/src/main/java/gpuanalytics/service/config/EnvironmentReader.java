package gpuanalytics.service.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a program's environment variables. An unset or empty variable has its default.
 *
 * <p>A bad value is noted and its default returned, so that reading goes on and {@link #check}
 * reports every error together. Every variable asked for is remembered with its description: the
 * help text and the documentation are made from that.
 */
public final class EnvironmentReader {

    /** A file with a secret is a line, not more; anything larger is a mistake. */
    static final int MAX_SECRET_FILE_BYTES = 64 * 1024;

    private static final Pattern BYTES = Pattern.compile("(\\d{1,18}) ?(KiB|MiB|GiB)?");
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private final Map<String, String> environment;
    private final List<Variable> declared = new ArrayList<>();
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
        declare(name, plain(defaultValue), description);
        return decimal(name, defaultValue, min, max);
    }

    /** A number from {@code min} to {@code max}, or nothing where it is not set. */
    public Optional<Double> number(String name, double min, double max, String description) {
        declare(name, "", description);
        return value(name).map(ignored -> decimal(name, min, min, max));
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
        declare(name, plainBytes(defaultValue), description);
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        var matcher = BYTES.matcher(value.get());
        if (matcher.matches()) {
            var bytes =
                    BigDecimal.valueOf(Long.parseLong(matcher.group(1)))
                            .multiply(BigDecimal.valueOf(scale(matcher.group(2))));
            if (within(bytes, BigDecimal.valueOf(min), BigDecimal.valueOf(max))) {
                return bytes.longValueExact();
            }
        }
        return refuse(
                name,
                value.get(),
                "bytes such as 8388608 or 8 MiB, from %s to %s"
                        .formatted(plainBytes(min), plainBytes(max)),
                defaultValue);
    }

    /** One constant of an enum, written in lower case. */
    public <E extends Enum<E>> E choice(String name, E defaultValue, String description) {
        declare(name, lower(defaultValue), description);
        var value = value(name);
        if (value.isEmpty()) {
            return defaultValue;
        }
        var constants = defaultValue.getDeclaringClass().getEnumConstants();
        for (var constant : constants) {
            if (lower(constant).equals(value.get())) {
                return constant;
            }
        }
        var names =
                Arrays.stream(constants)
                        .map(EnvironmentReader::lower)
                        .collect(Collectors.joining(" or "));
        return refuse(name, value.get(), names, defaultValue);
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
        return value(name).map(EnvironmentReader::split).orElse(List.of());
    }

    /** Addresses {@code host:port} separated by commas, as Kafka's clients take them. */
    public String addresses(String name, String defaultValue, String description) {
        declare(name, defaultValue, description);
        var value = value(name).orElse(defaultValue);
        var parts = split(value);
        if (!parts.isEmpty() && parts.stream().allMatch(EnvironmentReader::isAddress)) {
            return String.join(",", parts);
        }
        return refuse(name, value, "host:port, several separated by commas", defaultValue);
    }

    /** The name of a topic. */
    public String topic(String name, String defaultValue, String description) {
        declare(name, defaultValue, description);
        var value = value(name).orElse(defaultValue);
        if (TOPIC.matcher(value).matches() && !value.equals(".") && !value.equals("..")) {
            return value;
        }
        return refuse(name, value, "a topic name: up to 249 of A-Z a-z 0-9 . _ -", defaultValue);
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
        var url = secret(name, fileName).orElse(defaultValue);
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
        var number = parse(value.get());
        if (number != null
                && number.stripTrailingZeros().scale() <= 0
                && within(number, BigDecimal.valueOf(min), BigDecimal.valueOf(max))) {
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
        var number = parse(value.get());
        if (number != null && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        var expected = "a number " + range(plain(min), plain(max), max == Double.MAX_VALUE);
        return refuse(name, value.get(), expected, defaultValue);
    }

    private static String range(Object min, Object max, boolean open) {
        return open ? "of at least " + min : "from %s to %s".formatted(min, max);
    }

    private static @Nullable BigDecimal parse(String text) {
        // longer is no number anyone means, and a large exponent takes for ever to expand
        if (text.length() > 40) {
            return null;
        }
        try {
            var number = new BigDecimal(text);
            return Math.abs((long) number.scale()) > 400 ? null : number;
        } catch (NumberFormatException ignored) {
            return null; // refused by the caller, with the variable's name
        }
    }

    private static boolean within(BigDecimal number, BigDecimal min, BigDecimal max) {
        return number.compareTo(min) >= 0 && number.compareTo(max) <= 0;
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static String plainBytes(long bytes) {
        for (var unit : List.of("GiB", "MiB", "KiB")) {
            if (bytes >= scale(unit) && bytes % scale(unit) == 0) {
                return bytes / scale(unit) + " " + unit;
            }
        }
        return Long.toString(bytes);
    }

    private static long scale(@Nullable String unit) {
        return switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case null, default -> 1;
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> split(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static boolean isAddress(String text) {
        var matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int port = Integer.parseInt(matcher.group(2));
        return port >= 1 && port <= 65_535;
    }

    private Optional<String> secret(String name, String fileName) {
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
        try {
            var path = Path.of(file);
            if (!Files.isRegularFile(path) || Files.size(path) > MAX_SECRET_FILE_BYTES) {
                return refuse(
                        fileName,
                        file,
                        "a readable file of at most " + plainBytes(MAX_SECRET_FILE_BYTES),
                        Optional.empty());
            }
            var content = Files.readString(path).strip();
            if (!content.isEmpty()) {
                return Optional.of(content);
            }
            return refuse(fileName, file, "a file that is not empty", Optional.empty());
        } catch (IOException | InvalidPathException e) {
            return refuse(fileName, file, "a readable file of UTF-8 text", Optional.empty());
        }
    }
}
