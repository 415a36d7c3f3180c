package gpuanalytics.service.config;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How values of variables are written. */
final class Notation {

    private static final Pattern BYTES = Pattern.compile("(\\d{1,18}) ?(KiB|MiB|GiB)?");
    private static final Pattern ADDRESS =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private Notation() {}

    /** The number of bytes that a text with or without a unit is; empty where it is none. */
    static Optional<BigDecimal> bytes(String text) {
        var matcher = BYTES.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        BigDecimal.valueOf(Long.parseLong(matcher.group(1)))
                                .multiply(BigDecimal.valueOf(scale(matcher.group(2)))))
                : Optional.empty();
    }

    static boolean isTopic(String text) {
        return TOPIC.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    /** The number that a text is; null where it is none. */
    static @Nullable BigDecimal number(String text) {
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

    static boolean within(BigDecimal number, BigDecimal min, BigDecimal max) {
        return number.compareTo(min) >= 0 && number.compareTo(max) <= 0;
    }

    static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** A number of bytes with the largest unit that divides it. */
    static String plainBytes(long bytes) {
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

    /** A constant as a value: it may print itself otherwise than it is called in the code. */
    static String lower(Enum<?> constant) {
        return constant.toString().toLowerCase(Locale.ROOT);
    }

    /** The constant that is written so, in lower case. */
    static <E extends Enum<E>> Optional<E> constant(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> lower(constant).equals(text))
                .findFirst();
    }

    /** All constants of an enum in lower case. */
    static <E extends Enum<E>> String names(Class<E> type, String separator) {
        return Arrays.stream(type.getEnumConstants())
                .map(Notation::lower)
                .collect(Collectors.joining(separator));
    }

    static List<String> split(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    static boolean isAddress(String text) {
        var matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int port = Integer.parseInt(matcher.group(2));
        return port >= 1 && port <= 65_535;
    }
}
