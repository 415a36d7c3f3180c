package gpuanalytics.processor.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Rounds money row by row, so that rows add up to their exact sum, however many they are: each is
 * what it adds to the rounded sum of all before it, of whatever part. Parts that are rounded each
 * for itself would together miss the half of a micro-dollar that their exact sum may be. It has so
 * many digits that sums of rows over any cut are the answer's to the micro-dollar. For one thread.
 */
final class ExactRounding {

    /**
     * Sums differ from a micro-dollar's half by more than this, or not at all: time is in
     * microseconds and prices are of micro-dollars per hour.
     */
    static final int DIGITS = 16;

    private BigDecimal sum = BigDecimal.ZERO;
    private BigDecimal told = BigDecimal.ZERO;

    /**
     * What the next row has, in dollars.
     *
     * @param money its sum of {@link Usd}
     */
    BigDecimal next(BigDecimal money) {
        sum = sum.add(money);
        var rounded = Usd.dollars(sum).setScale(DIGITS, RoundingMode.HALF_EVEN);
        var added = rounded.subtract(told).stripTrailingZeros();
        told = rounded;
        return added.scale() < Usd.DIGITS ? added.setScale(Usd.DIGITS) : added;
    }
}
