package gpuanalytics.processor.ledger;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Exact sums of dollars. Time is in microseconds and prices are per hour, and an hour is no power
 * of ten: so sums are of microseconds times dollars per hour, and are divided in the end.
 */
final class Usd {

    /** Answers are in micro-dollars. */
    static final int DIGITS = 6;

    private static final BigDecimal US_PER_HOUR = BigDecimal.valueOf(3_600_000_000L);

    /** More than there is, so that what is no micro-dollar stays visible. */
    private static final MathContext PRECISE = new MathContext(50, RoundingMode.DOWN);

    private Usd() {}

    /** So much time of a GPU at a price, as a summand. */
    static BigDecimal time(long us, BigDecimal usdPerHour) {
        return usdPerHour.multiply(BigDecimal.valueOf(us));
    }

    /** So many dollars, as a summand. */
    static BigDecimal of(BigDecimal usd) {
        return usd.multiply(US_PER_HOUR);
    }

    /** What a sum is in dollars, not rounded as far as that can be. */
    static BigDecimal dollars(BigDecimal sum) {
        return sum.divide(US_PER_HOUR, PRECISE);
    }

    static BigDecimal rounded(BigDecimal sum) {
        return dollars(sum).setScale(DIGITS, RoundingMode.HALF_EVEN);
    }
}
