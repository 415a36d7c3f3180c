package gpuanalytics.processor.price;

import java.math.BigDecimal;

/** A dated price of a list. */
public sealed interface Rate permits GpuRate, TokenRate {

    /** When it holds. */
    Validity validity();

    /** Where it is from. */
    String source();

    /** The same number without zeros at its end, so that equal prices are equal values. */
    static BigDecimal plain(BigDecimal usd) {
        var stripped = usd.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    static void requireNotNegative(String name, BigDecimal usd) {
        if (usd.signum() < 0) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a number of at least 0".formatted(name, usd));
        }
    }
}
