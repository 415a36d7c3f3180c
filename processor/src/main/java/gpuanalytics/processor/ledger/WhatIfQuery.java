package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.InvalidQueryException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Asks what the same usage would have cost otherwise.
 *
 * @param costs which usage; not grouped
 * @param fleet the GPUs that it would have run on; empty for those that it ran on
 * @param models API models that would have answered all of it, each for itself
 * @param pricesAt the moment whose prices these have
 */
public record WhatIfQuery(
        CostQuery costs, Optional<Fleet> fleet, List<String> models, Instant pricesAt) {

    public static final String MODEL = "as_model";
    public static final String GPU_MODEL = "as_gpu_model";

    /** Every model is looked up for every entry of the ledger. */
    public static final int MAX_MODELS = 20;

    /**
     * Other GPUs, as far as they differ.
     *
     * @param gpuModel whose price they have
     * @param usdPerHour the price of an hour of each, in place of the book's; empty for that, or
     *     for what it was on average
     * @param gpus how many there are all of the time; empty for as long as is needed
     * @param speed how much they do in an hour, as a multiple of what the others did
     */
    public record Fleet(
            Optional<String> gpuModel,
            Optional<BigDecimal> usdPerHour,
            Optional<Long> gpus,
            double speed) {}

    public WhatIfQuery {
        models = models.stream().distinct().toList();
        if (models.size() > MAX_MODELS) {
            throw new InvalidQueryException(
                    MODEL, models.size() + " values", "at most %d".formatted(MAX_MODELS));
        }
    }
}
