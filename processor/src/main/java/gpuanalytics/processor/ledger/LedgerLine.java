package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostReport.Cost;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the ledger in one step of time.
 *
 * @param start the start of the step, or of the window where that begins within it
 * @param end the end of the step, or of the window where that ends within it
 * @param kind {@code used} by tokens, {@code owned} by who was idle, or {@code api} for tokens that
 *     name no GPU
 * @param priceFrom since when in the step its prices hold
 * @param usdPerHour of its GPU; null where there is none, or none is known
 * @param group a value for each {@link CostDimension}, in their order; in steps of days GPUs are
 *     added up by model, unless some were asked for
 * @param cost what it is; dollars have 16 digits after the point
 */
public record LedgerLine(
        Instant start,
        Instant end,
        String kind,
        Instant priceFrom,
        @Nullable BigDecimal usdPerHour,
        List<@Nullable String> group,
        Cost cost) {

    public LedgerLine(
            Instant start,
            Instant end,
            String kind,
            Instant priceFrom,
            @Nullable BigDecimal usdPerHour,
            List<@Nullable String> group,
            Cost cost) {
        this.start = start;
        this.end = end;
        this.kind = kind;
        this.priceFrom = priceFrom;
        this.usdPerHour = usdPerHour;
        // List.copyOf takes no null
        this.group = Collections.unmodifiableList(new ArrayList<>(group));
        this.cost = cost;
    }
}
