package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What usage has cost, and what it would have.
 *
 * @param coverage when, in whole hours
 * @param hours how much of that is over, in hours
 * @param pricesAt the moment whose prices other GPUs and models have
 * @param rows the ledger, the other fleet where one is asked for, and the models
 * @param notes what its reader must know of the ledger
 */
public record WhatIfReport(
        Coverage coverage, double hours, Instant pricesAt, List<Row> rows, CostReport.Notes notes) {

    public WhatIfReport {
        rows = List.copyOf(rows);
    }

    /** How the usage is answered. */
    public enum Scenario {
        /** As it was. */
        LEDGER,
        /** By other GPUs; what went to an API goes there still. */
        FLEET,
        /** All of it by a model of an API. */
        API;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One way to answer the usage.
     *
     * @param model the GPU model or the API model, as the book calls it; null where none is asked
     * @param source where its price is from; null where it is of no list
     * @param tokens prompt and completion; null where no request says
     * @param gpus null where there are none
     * @param unpricedTokens tokens that would cost something and nobody knows what
     * @param breakEven null where it is not compared with GPUs
     */
    public record Row(
            Scenario scenario,
            @Nullable String model,
            @Nullable String source,
            @Nullable Long tokens,
            Money usd,
            @Nullable Gpus gpus,
            long unpricedTokens,
            @Nullable BreakEven breakEven) {}

    /**
     * In dollars, to the micro-dollar; null where nothing of it has a price.
     *
     * @param total what has a price of both
     * @param perMillionTokens null where some of it has no price
     * @param difference the total without that of the ledger; null where some of either has no
     *     price
     */
    public record Money(
            @Nullable BigDecimal gpus,
            @Nullable BigDecimal tokens,
            @Nullable BigDecimal total,
            @Nullable BigDecimal perMillionTokens,
            @Nullable BigDecimal difference) {}

    /**
     * GPUs and their time.
     *
     * @param count on average over the time that is over; null where none is
     * @param hours of all of them, in hours
     * @param unpricedHours of these those without a price
     * @param utilization the share that tokens claim; above 1 where they are too few
     * @param usdPerHour of each, on average of those with a price
     */
    public record Gpus(
            @Nullable Double count,
            double hours,
            double unpricedHours,
            @Nullable Double utilization,
            @Nullable BigDecimal usdPerHour) {}

    /**
     * From where on the GPUs cost less than the API.
     *
     * @param tokensPerHour so many tokens an hour cost there what the GPUs cost
     * @param utilization how busy the GPUs are with so many; above 1 where they cannot do as many
     */
    public record BreakEven(double tokensPerHour, @Nullable Double utilization) {}
}
