package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostSums.Part;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.Map;

/**
 * Rounds money row by row, so that rows add up to their exact sum, part by part, however many they
 * are: each is what it adds to the rounded sum of those before it. It has so many digits that sums
 * of rows over any cut are the answer's to the micro-dollar. For one thread.
 */
final class ExactRounding {

    /**
     * Sums differ from a micro-dollar's half by more than this, or not at all: time is in
     * microseconds and prices are of micro-dollars per hour.
     */
    static final int DIGITS = 16;

    private final Map<Part, BigDecimal> sums = new EnumMap<>(Part.class);
    private final Map<Part, BigDecimal> told = new EnumMap<>(Part.class);

    /**
     * What the next row has of a part, in dollars.
     *
     * @param money its sum of {@link Usd}
     */
    BigDecimal next(Part part, BigDecimal money) {
        var sum = sums.merge(part, money, BigDecimal::add);
        var rounded = Usd.dollars(sum).setScale(DIGITS, RoundingMode.HALF_EVEN);
        var before = told.put(part, rounded);
        var added = (before == null ? rounded : rounded.subtract(before)).stripTrailingZeros();
        return added.scale() < Usd.DIGITS ? added.setScale(Usd.DIGITS) : added;
    }
}
