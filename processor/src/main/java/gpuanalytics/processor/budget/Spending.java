package gpuanalytics.processor.budget;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What was spent. Every call blocks until it has the answer; it throws {@link
 * gpuanalytics.processor.query.StoreUnavailableException} where there is none.
 */
public interface Spending {

    /**
     * So much.
     *
     * @param usd what has a price
     * @param isPriced whether all of it has one
     */
    record Spent(BigDecimal usd, boolean isPriced) {}

    /** What was spent by each from a full hour until another, or until now. */
    List<Spent> totals(List<SpendScope> scopes, Instant from, Instant to);

    /**
     * What was spent by each in each hour, in USD; hours in which nothing happened may be left out.
     */
    List<SortedMap<Instant, BigDecimal>> hourly(List<SpendScope> scopes, Instant from, Instant to);
}
