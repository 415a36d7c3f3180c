package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What time of GPUs was wasted, by owner. Kinds may overlap: a GPU that is idle after an error may
 * also hold memory.
 *
 * @param rows by time, then by group
 */
public record WasteReport(
        Coverage coverage,
        List<CostDimension> groupBy,
        List<Row> rows,
        Map<Kind, Wasted> totals,
        CostReport.Notes notes)
        implements LedgerReport<WasteReport.Row, Map<WasteReport.Kind, WasteReport.Wasted>> {

    /** What the time was for. */
    public enum Kind {
        /** No tokens claim it, and the GPU was not busy either, or nothing says whether it was. */
        IDLE,
        /** No tokens claim it, but the GPU was busy, as in training. */
        BUSY_UNCLAIMED,
        /** Idle while a pod holds the GPU. */
        HELD_IDLE,
        /** Busy with the clocks held down. */
        THROTTLED,
        /** Idle from an XID error on, until there is work again. */
        XID_IDLE,
        /** Idle with memory in use. */
        MEMORY_HELD;

        /** The name in the API. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        long us(Amounts amounts) {
            return switch (this) {
                case IDLE ->
                        amounts.get(Amount.ALLOCATION_IDLE_US)
                                - amounts.get(Amount.BUSY_UNCLAIMED_US);
                case BUSY_UNCLAIMED -> amounts.get(Amount.BUSY_UNCLAIMED_US);
                case HELD_IDLE -> amounts.get(Amount.HELD_IDLE_US);
                case THROTTLED -> amounts.get(Amount.THROTTLED_US);
                case XID_IDLE -> amounts.get(Amount.XID_IDLE_US);
                case MEMORY_HELD -> amounts.get(Amount.MEMORY_HELD_US);
            };
        }
    }

    /**
     * How much.
     *
     * @param gpuSeconds time of GPUs, with a price or without
     * @param usd what it costs; null where no price is known
     */
    public record Wasted(double gpuSeconds, @Nullable BigDecimal usd) {}

    /** One owner in one step. */
    public record Row(Instant start, List<@Nullable String> group, Map<Kind, Wasted> wasted) {

        public Row(Instant start, List<@Nullable String> group, Map<Kind, Wasted> wasted) {
            this.start = start;
            // List.copyOf takes no null
            this.group = Collections.unmodifiableList(new ArrayList<>(group));
            this.wasted = Collections.unmodifiableMap(new EnumMap<>(wasted));
        }
    }

    public WasteReport {
        groupBy = List.copyOf(groupBy);
        rows = List.copyOf(rows);
        totals = Collections.unmodifiableMap(new EnumMap<>(totals));
    }
}
