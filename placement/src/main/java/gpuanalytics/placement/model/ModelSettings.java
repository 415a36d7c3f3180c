package gpuanalytics.placement.model;

import gpuanalytics.placement.forest.ForestSettings;
import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;

/**
 * How models are kept.
 *
 * @param seed the seed of all chance
 * @param trees trees of a forest
 * @param threads trees that are grown at a time
 * @param nominal the share of outcomes that intervals are to hold
 * @param calibrationRows the latest outcomes that the width of intervals comes from
 * @param minTrainingRows fewer rows train no model
 * @param minJudgedRows fewer outcomes judge none, and then it does not serve
 * @param maxTrainingRows of more rows the latest train
 * @param maxObservations of more observations the oldest are forgotten
 */
public record ModelSettings(
        long seed,
        int trees,
        int threads,
        double nominal,
        int calibrationRows,
        int minTrainingRows,
        int minJudgedRows,
        int maxTrainingRows,
        int maxObservations) {

    /** A model learns from the seven days before the one that it is judged by. */
    public static final Duration TRAINED_ON = Duration.ofDays(7);

    /** What came of the last day decides who serves; as often a new model is grown. */
    public static final Duration JUDGED_BY = Duration.ofDays(1);

    private static final int COLUMNS_PER_SPLIT = 5;
    private static final int MIN_LEAF_ROWS = 5;
    private static final int MAX_DEPTH = 24;

    /** What the variables have by default. */
    public static ModelSettings defaults() {
        return new ModelSettings(1, 100, 2, 0.9, 1000, 200, 50, 100_000, 200_000);
    }

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static ModelSettings read(EnvironmentReader reader) {
        var byDefault = defaults();
        return new ModelSettings(
                reader.integer(
                        "MODEL_SEED",
                        byDefault.seed,
                        0,
                        Long.MAX_VALUE,
                        "The seed of the forests; the same seed and history make the same"),
                reader.integer(
                        "MODEL_TREES", byDefault.trees, 10, 1000, "How many trees a forest has"),
                reader.integer(
                        "MODEL_THREADS", byDefault.threads, 1, 64, "How many trees grow at a time"),
                nominal(reader, byDefault),
                reader.integer(
                        "MODEL_CALIBRATION_ROWS",
                        byDefault.calibrationRows,
                        100,
                        100_000,
                        "How many of the latest outcomes the width of intervals comes from"),
                reader.integer(
                        "MODEL_MIN_TRAINING_ROWS",
                        byDefault.minTrainingRows,
                        20,
                        100_000,
                        "Fewer observations of seven days train no model"),
                reader.integer(
                        "MODEL_MIN_JUDGED_ROWS",
                        byDefault.minJudgedRows,
                        10,
                        100_000,
                        "Fewer outcomes of the last day let no model serve"),
                maxTrainingRows(reader, byDefault),
                maxObservations(reader, byDefault));
    }

    private static double nominal(EnvironmentReader reader, ModelSettings byDefault) {
        return reader.number(
                "MODEL_NOMINAL_COVERAGE",
                byDefault.nominal,
                0.5,
                0.99,
                "The share of outcomes that an interval is to hold");
    }

    private static int maxTrainingRows(EnvironmentReader reader, ModelSettings byDefault) {
        return reader.integer(
                "MODEL_MAX_TRAINING_ROWS",
                byDefault.maxTrainingRows,
                1000,
                1_000_000,
                "The latest observations that a model learns from at most");
    }

    private static int maxObservations(EnvironmentReader reader, ModelSettings byDefault) {
        return reader.integer(
                "MODEL_MAX_OBSERVATIONS",
                byDefault.maxObservations,
                1000,
                2_000_000,
                "How many observations are remembered; the oldest are forgotten");
    }

    ForestSettings growth() {
        return new ForestSettings(
                trees, COLUMNS_PER_SPLIT, MIN_LEAF_ROWS, MAX_DEPTH, seed, threads);
    }
}
