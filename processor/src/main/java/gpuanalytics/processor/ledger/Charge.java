package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostSums.Part;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one entry of the ledger is charged for one thing, in one step of time. Only what has a price
 * is a charge.
 *
 * @param start the start of the step, or of the window where that begins within it
 * @param end the end of the step, or of the window where that ends within it
 * @param group a value for each {@link CostDimension}, in their order
 * @param meter what is charged
 * @param quantity how much of it: microseconds of a GPU, or tokens; above 0
 * @param unitUsd the price of an hour of a GPU, or of a million tokens
 * @param isProvided whether the GPU's own samples carry the price, and not the book
 * @param usd what it costs, with 16 digits after the point
 */
public record Charge(
        Instant start,
        Instant end,
        List<@Nullable String> group,
        Meter meter,
        long quantity,
        BigDecimal unitUsd,
        boolean isProvided,
        BigDecimal usd) {

    private static final List<CostDimension> DIMENSIONS = List.of(CostDimension.values());

    public Charge(
            Instant start,
            Instant end,
            List<@Nullable String> group,
            Meter meter,
            long quantity,
            BigDecimal unitUsd,
            boolean isProvided,
            BigDecimal usd) {
        this.start = start;
        this.end = end;
        // List.copyOf takes no null
        this.group = Collections.unmodifiableList(new ArrayList<>(group));
        this.meter = meter;
        this.quantity = quantity;
        this.unitUsd = unitUsd;
        this.isProvided = isProvided;
        this.usd = usd;
    }

    /** What can be charged. */
    public enum Meter {
        /** Time of a GPU that went to reading prompts. */
        GPU_INPUT(true, Part.ATTRIBUTED),
        /** Time of a GPU that went to writing completions. */
        GPU_OUTPUT(true, Part.ATTRIBUTED),
        /** Time of a GPU that no tokens claim. */
        GPU_IDLE(true, Part.IDLE),
        /** Time of a GPU of which nobody knows what it was for. */
        GPU_UNKNOWN(true, Part.UNKNOWN),
        /** Prompt tokens of GPUs of one's own: they are charged as time, and here cost nothing. */
        OWN_INPUT(false, Part.ATTRIBUTED),
        /** Completion tokens of GPUs of one's own, which cost nothing here either. */
        OWN_OUTPUT(false, Part.ATTRIBUTED),
        API_INPUT(false, Part.ATTRIBUTED),
        API_CACHED_INPUT(false, Part.ATTRIBUTED),
        API_CACHE_WRITE(false, Part.ATTRIBUTED),
        API_OUTPUT(false, Part.ATTRIBUTED),
        API_REASONING(false, Part.ATTRIBUTED);

        private final boolean isTime;
        private final Part part;

        Meter(boolean isTime, Part part) {
            this.isTime = isTime;
            this.part = part;
        }

        /** Whether it is time of a GPU, and not tokens. */
        public boolean isTime() {
            return isTime;
        }

        /** The name of the part of the ledger's sum that it belongs to. */
        public String partLabel() {
            return part.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Its value of a dimension, see {@link gpuanalytics.processor.query.GroupValue}. */
    public @Nullable String value(CostDimension dimension) {
        return group.get(DIMENSIONS.indexOf(dimension));
    }
}
