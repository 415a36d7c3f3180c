package gpuanalytics.processor.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/**
 * What may be spent in a period.
 *
 * @param name names it
 * @param scope whose spending counts
 * @param usd above 0
 * @param thresholdsPercent at which shares of it somebody is told, ascending
 */
public record Budget(
        String name,
        SpendScope scope,
        Period period,
        BigDecimal usd,
        List<Integer> thresholdsPercent) {

    private static final int PERCENT_DIGITS = 2;

    public Budget {
        var plain = usd.stripTrailingZeros(); // equal budgets are equal values
        usd = plain.scale() < 0 ? plain.setScale(0) : plain;
        thresholdsPercent = List.copyOf(thresholdsPercent);
    }

    /** Names what it is about and how much that may be: another amount is another budget. */
    String identity() {
        var plain = new Budget(name, scope, period, usd, List.of());
        var text = BudgetList.tree(List.of(plain)).toString();
        return UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString();
    }

    /** Whether so much is at least that share of it. */
    boolean isReached(int percent, BigDecimal spentUsd) {
        return spentUsd.movePointRight(PERCENT_DIGITS)
                        .compareTo(usd.multiply(BigDecimal.valueOf(percent)))
                >= 0;
    }
}
