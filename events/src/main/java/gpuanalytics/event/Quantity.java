package gpuanalytics.event;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, and the unit that stands behind it where it is text such as {@code 2 %} or {@code 1234
 * MiB}.
 *
 * @param scale what it is multiplied with to get the field's unit; null where no unit is said
 */
record Quantity(BigDecimal number, @Nullable BigDecimal scale) {

    /** Longer numbers are rejected: no reading has so many digits. */
    private static final int MAX_CHARS = 64;

    /** Decimal exponents beyond this are beyond any double. */
    private static final int MAX_EXPONENT = 400;

    private static final Pattern TEXT =
            Pattern.compile(
                    " *([+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?)"
                            + " *([a-zA-Zµμ°%/]{0,12}) *");

    /** By a field's unit, the units that stand for it in texts. */
    private static final Map<String, Map<String, String>> UNITS =
            Map.ofEntries(
                    Map.entry("1", Map.of("%", "0.01")),
                    Map.entry(
                            "By",
                            Map.ofEntries(
                                    Map.entry("B", "1"),
                                    Map.entry("By", "1"),
                                    Map.entry("bytes", "1"),
                                    Map.entry("kB", "1e3"),
                                    Map.entry("KB", "1e3"),
                                    Map.entry("MB", "1e6"),
                                    Map.entry("GB", "1e9"),
                                    Map.entry("KiB", "1024"),
                                    Map.entry("MiB", "1048576"),
                                    Map.entry("GiB", "1073741824"))),
                    Map.entry("W", Map.of("W", "1", "mW", "1e-3", "kW", "1e3")),
                    Map.entry(
                            "J",
                            Map.of(
                                    "J", "1", "mJ", "1e-3", "kJ", "1e3", "Wh", "3600", "kWh",
                                    "3.6e6")),
                    Map.entry("Cel", Map.of("C", "1", "°C", "1", "Cel", "1")),
                    Map.entry("Hz", Map.of("Hz", "1", "kHz", "1e3", "MHz", "1e6", "GHz", "1e9")),
                    Map.entry(
                            "By/s",
                            Map.of(
                                    "B/s", "1", "By/s", "1", "kB/s", "1e3", "KB/s", "1e3", "MB/s",
                                    "1e6", "GB/s", "1e9", "KiB/s", "1024", "MiB/s", "1048576")),
                    Map.entry("s", Map.of("s", "1", "ms", "1e-3", "us", "1e-6", "ns", "1e-9")),
                    Map.entry("ms", Map.of("ms", "1", "s", "1e3", "us", "1e-3", "ns", "1e-6")),
                    Map.entry("USD/h", Map.of("USD/h", "1", "USD", "1")),
                    Map.entry("token", Map.of("token", "1", "tokens", "1")));

    /**
     * The quantity that a text says, or null where it says none or one in another unit than the
     * field's.
     *
     * @throws NumberFormatException when it has too many digits
     */
    static @Nullable Quantity ofText(String text, String unit) {
        var parts = TEXT.matcher(text);
        if (text.length() > 2 * MAX_CHARS || !parts.matches()) {
            return null;
        }
        if (parts.group(2).isEmpty()) {
            return new Quantity(number(parts.group(1)), null);
        }
        var scale = UNITS.getOrDefault(unit, Map.of()).get(parts.group(2));
        return scale == null ? null : new Quantity(number(parts.group(1)), new BigDecimal(scale));
    }

    /**
     * A number, its size tamed so that arithmetic with it is cheap.
     *
     * @throws NumberFormatException when it is infinite, or larger than any reading
     */
    static BigDecimal number(String written) {
        if (written.length() > MAX_CHARS) {
            throw new NumberFormatException("a number of " + written.length() + " characters");
        }
        var number = new BigDecimal(written);
        long exponent = (long) number.precision() - number.scale();
        if (number.signum() == 0) {
            return BigDecimal.ZERO;
        }
        if (exponent < -MAX_EXPONENT) {
            return BigDecimal.valueOf(number.signum(), MAX_EXPONENT);
        }
        if (exponent > MAX_EXPONENT) {
            throw new NumberFormatException("a number beyond any double");
        }
        return number;
    }
}
