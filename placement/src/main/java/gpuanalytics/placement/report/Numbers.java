package gpuanalytics.placement.report;

import gpuanalytics.placement.rehearse.Spread;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as reports write them. */
final class Numbers {

    private static final int DECIMALS = 3;

    private Numbers() {}

    /** A number of a document: at most three decimals. */
    static BigDecimal rounded(double number) {
        return BigDecimal.valueOf(number).setScale(DECIMALS, RoundingMode.HALF_EVEN);
    }

    /** {@code 95.36 ± 0.13}, or the mean alone where there is one seed. */
    static String text(Spread spread) {
        var mean = String.format(Locale.ROOT, "%.2f", spread.mean());
        return spread.sd().isEmpty()
                ? mean
                : mean + String.format(Locale.ROOT, " ± %.2f", spread.sd().getAsDouble());
    }
}
