package gpuanalytics.placement.watch;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Quantities as Kubernetes writes them: {@code 500m}, {@code 16Gi}, {@code 2}, {@code 1e3}. */
final class Quantity {

    static final BigDecimal MIB = BigDecimal.valueOf(1 << 20);

    private static final Pattern PARTS =
            Pattern.compile("([+-]?[0-9.]{1,40}(?:[eE][+-]?[0-9]{1,2})?)(|[a-zA-Z]{1,2})");
    private static final Map<String, BigDecimal> SCALES =
            Map.ofEntries(
                    Map.entry("", BigDecimal.ONE),
                    Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
                    Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
                    Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
                    Map.entry("k", BigDecimal.ONE.movePointRight(3)),
                    Map.entry("M", BigDecimal.ONE.movePointRight(6)),
                    Map.entry("G", BigDecimal.ONE.movePointRight(9)),
                    Map.entry("T", BigDecimal.ONE.movePointRight(12)),
                    Map.entry("P", BigDecimal.ONE.movePointRight(15)),
                    Map.entry("E", BigDecimal.ONE.movePointRight(18)),
                    Map.entry("Ki", binary(1)),
                    Map.entry("Mi", binary(2)),
                    Map.entry("Gi", binary(3)),
                    Map.entry("Ti", binary(4)),
                    Map.entry("Pi", binary(5)),
                    Map.entry("Ei", binary(6)));

    private Quantity() {}

    private static BigDecimal binary(int power) {
        return BigDecimal.valueOf(1024).pow(power);
    }

    /** The number that a text is; empty where it is none. */
    static Optional<BigDecimal> parse(String text) {
        var parts = PARTS.matcher(text.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        var scale = SCALES.get(parts.group(2));
        if (scale == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(parts.group(1)).multiply(scale));
        } catch (NumberFormatException ignored) {
            return Optional.empty(); // such as two points
        }
    }

    /** So many of a unit, rounded up; 0 for what is no number, and never more than an int holds. */
    static int units(String text, BigDecimal unit) {
        return parse(text)
                .map(number -> number.divide(unit, 0, RoundingMode.CEILING))
                .map(number -> number.min(BigDecimal.valueOf(Integer.MAX_VALUE / 2)))
                .map(number -> number.max(BigDecimal.ZERO).intValue())
                .orElse(0);
    }
}
