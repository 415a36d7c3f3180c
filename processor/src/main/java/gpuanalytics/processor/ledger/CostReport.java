package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was spent, by time and group. Rows add up to the totals to the last micro-dollar, and
 * attributed, idle and unknown to the total.
 *
 * @param coverage when, in whole hours
 * @param groupBy what the rows are grouped by
 * @param rows by time, then by group
 * @param totals all rows together
 * @param notes what its reader must know
 */
public record CostReport(
        Coverage coverage, List<CostDimension> groupBy, List<Row> rows, Cost totals, Notes notes)
        implements LedgerReport<CostReport.Row, CostReport.Cost> {

    public CostReport {
        groupBy = List.copyOf(groupBy);
        rows = List.copyOf(rows);
    }

    /**
     * One group in one step.
     *
     * @param group values of {@link gpuanalytics.processor.query.GroupValue} in the order of {@code
     *     groupBy}; null where there is none
     */
    public record Row(Instant start, List<@Nullable String> group, Cost cost) {

        public Row(Instant start, List<@Nullable String> group, Cost cost) {
            this.start = start;
            // List.copyOf takes no null
            this.group = Collections.unmodifiableList(new ArrayList<>(group));
            this.cost = cost;
        }
    }

    /**
     * What the reader of costs must know.
     *
     * @param basis which part of a GPU's time goes to those who used it
     * @param priceVersion names all prices that were used
     * @param openHours how many hours the ledger did not have, so that the answer computed them
     * @param unpricedModels API models without a price, some of them
     * @param unpricedGpus models of GPUs without a price, some of them
     * @param folded dimensions that are folded in some of what was asked for
     */
    public record Notes(
            Basis basis,
            String priceVersion,
            int openHours,
            List<String> unpricedModels,
            List<String> unpricedGpus,
            List<CostDimension> folded) {

        public Notes {
            unpricedModels = List.copyOf(unpricedModels);
            unpricedGpus = List.copyOf(unpricedGpus);
            folded = List.copyOf(folded);
        }
    }

    /**
     * Money, time, energy and tokens.
     *
     * @param usd in dollars; null where nothing of it has a price
     * @param time of GPUs; null where there is none
     * @param tokens requests and tokens
     * @param rates what one gets for it
     * @param energy null where no sample told of any
     * @param coverage which share of the GPUs' time samples stand for; null where there is none
     * @param method by what time was split: {@code time} of prefill and decode, {@code tokens}, and
     *     {@code price} for tokens of the book
     */
    public record Cost(
            @Nullable Dollars usd,
            @Nullable GpuTime time,
            Tokens tokens,
            Rates rates,
            @Nullable Energy energy,
            @Nullable Double coverage,
            List<String> method) {

        public Cost {
            method = List.copyOf(method);
        }
    }

    /**
     * In dollars, to the micro-dollar.
     *
     * @param attributed to tokens
     * @param idle what no tokens claim
     * @param unknown gaps, and on the usage basis what cannot be told
     */
    public record Dollars(BigDecimal attributed, BigDecimal idle, BigDecimal unknown) {

        public BigDecimal total() {
            return attributed.add(idle).add(unknown);
        }
    }

    /**
     * In seconds.
     *
     * @param unpriced of all of them those whose GPU has no price
     */
    public record GpuTime(double attributed, double idle, double unknown, double unpriced) {}

    /**
     * Counted where requests ended; null where no request says.
     *
     * @param unpriced tokens that cost something and nobody knows what
     * @param cutRequests requests longer than they are spread
     */
    public record Tokens(
            long requests,
            long errors,
            @Nullable Long prompt,
            @Nullable Long completion,
            @Nullable Long cachedPrompt,
            @Nullable Long cacheWrite,
            @Nullable Long reasoning,
            long unpriced,
            long cutRequests) {}

    /** Null where there is nothing to divide, or by. */
    public record Rates(
            @Nullable BigDecimal usdPerMillion,
            @Nullable BigDecimal usdPerMillionInput,
            @Nullable BigDecimal usdPerMillionOutput,
            @Nullable Double joulesPerToken) {}

    /** In joules. */
    public record Energy(double attributed, double idle, double unknown) {}
}
