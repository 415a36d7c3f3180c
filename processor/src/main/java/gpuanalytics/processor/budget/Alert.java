package gpuanalytics.processor.budget;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * That spending has reached a share of a budget. Of one budget, period and share there is one.
 *
 * @param spentUsd what was spent when that was found
 * @param at when
 */
record Alert(Budget budget, Instant periodStart, int percent, BigDecimal spentUsd, Instant at) {

    /** Names it, on every processor. */
    String id() {
        return "%s/%d/%s/%s".formatted(periodStart, percent, budget.name(), budget.identity());
    }
}
