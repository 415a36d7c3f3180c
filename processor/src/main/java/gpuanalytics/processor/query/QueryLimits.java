package gpuanalytics.processor.query;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What one question may ask for at most.
 *
 * @param maxRange the longest time between {@code from} and {@code to}
 * @param maxPoints the most rows, points or GPUs in one answer
 * @param maxGroups the most different groups in one answer
 * @param maxConcurrent the most questions that are being answered at the same time
 * @param timeout how long the answer to one may take
 * @param maxSortedGroups the most different groups in a step of which a page is answered
 * @param gpuMaxAge how old a GPU's latest sample may be where the question does not say
 */
public record QueryLimits(
        Duration maxRange,
        int maxPoints,
        int maxGroups,
        int maxConcurrent,
        Duration timeout,
        int maxSortedGroups,
        Duration gpuMaxAge) {

    /** As long as hour rollups are kept. */
    public static final int DEFAULT_MAX_DAYS = 400;

    /** A week of minutes (10,080); some 4 MB of JSON. */
    public static final int DEFAULT_MAX_POINTS = 11_000;

    public static final int DEFAULT_MAX_GROUPS = 1000;
    public static final int DEFAULT_MAX_CONCURRENT = 8;
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** Enough for the users of a large company; some 20 MB while they are sorted. */
    public static final int DEFAULT_MAX_SORTED_GROUPS = 20_000;

    /** A sample stands for an hour at most: whoever missed two of them has gone. */
    public static final int DEFAULT_GPU_MAX_AGE_MINUTES = 120;

    /** The others are what they are by default. */
    public QueryLimits(
            Duration maxRange, int maxPoints, int maxGroups, int maxConcurrent, Duration timeout) {
        this(
                maxRange,
                maxPoints,
                maxGroups,
                maxConcurrent,
                timeout,
                Math.max(maxGroups, DEFAULT_MAX_SORTED_GROUPS),
                Duration.ofMinutes(DEFAULT_GPU_MAX_AGE_MINUTES));
    }

    public QueryLimits {
        requirePositive("QUERY_MAX_DAYS", maxRange.toDays());
        requirePositive("QUERY_MAX_POINTS", maxPoints);
        requirePositive("QUERY_MAX_GROUPS", maxGroups);
        requirePositive("QUERY_MAX_CONCURRENT", maxConcurrent);
        requirePositive("QUERY_TIMEOUT_MS", timeout.toMillis());
        requirePositive("QUERY_MAX_SORTED_GROUPS", maxSortedGroups);
        requirePositive("QUERY_GPU_MAX_AGE_MINUTES", gpuMaxAge.toMinutes());
    }

    public static QueryLimits defaults() {
        return new QueryLimits(
                Duration.ofDays(DEFAULT_MAX_DAYS),
                DEFAULT_MAX_POINTS,
                DEFAULT_MAX_GROUPS,
                DEFAULT_MAX_CONCURRENT,
                DEFAULT_TIMEOUT);
    }

    /** The limits that the environment asks for. */
    public static QueryLimits fromEnvironment(EnvironmentReader environment) {
        var maxRange =
                environment.duration(
                        "QUERY_MAX_DAYS",
                        ChronoUnit.DAYS,
                        DEFAULT_MAX_DAYS,
                        1,
                        36_500,
                        "The longest range a query may ask for, in days");
        var size = Size.read(environment);
        var load = Load.read(environment);
        return new QueryLimits(
                maxRange,
                size.points(),
                size.groups(),
                load.concurrent(),
                load.timeout(),
                environment.integer(
                        "QUERY_MAX_SORTED_GROUPS",
                        DEFAULT_MAX_SORTED_GROUPS,
                        1,
                        1_000_000,
                        "The most different groups of a step from which a query with limit"
                                + " chooses its rows"),
                environment.duration(
                        "QUERY_GPU_MAX_AGE_MINUTES",
                        ChronoUnit.MINUTES,
                        DEFAULT_GPU_MAX_AGE_MINUTES,
                        1,
                        52_560_000,
                        "How old a GPU's latest sample may be for /gpu/info to list it, where"
                                + " max_age does not say"));
    }

    /** How large one answer may be. */
    private record Size(int points, int groups) {

        static Size read(EnvironmentReader environment) {
            return new Size(
                    environment.integer(
                            "QUERY_MAX_POINTS",
                            DEFAULT_MAX_POINTS,
                            1,
                            1_000_000,
                            "The most rows, points or GPUs in one answer"),
                    environment.integer(
                            "QUERY_MAX_GROUPS",
                            DEFAULT_MAX_GROUPS,
                            1,
                            100_000,
                            "The most different groups in one answer"));
        }
    }

    /** How much is answered at a time. */
    private record Load(int concurrent, Duration timeout) {

        static Load read(EnvironmentReader environment) {
            return new Load(
                    environment.integer(
                            "QUERY_MAX_CONCURRENT",
                            DEFAULT_MAX_CONCURRENT,
                            1,
                            1000,
                            "The most queries being answered at the same time; one more is refused"
                                    + " with 503"),
                    environment.duration(
                            "QUERY_TIMEOUT_MS",
                            ChronoUnit.MILLIS,
                            DEFAULT_TIMEOUT.toMillis(),
                            1,
                            600_000,
                            "How long the answer to one query may take, in ms"));
        }
    }

    /**
     * Checks what can be checked before the store is asked.
     *
     * @throws InvalidQueryException naming what asks for too much
     */
    public void check(QueryWindow window) {
        if (window.step() instanceof Step.Fixed fixed && fixed.length().compareTo(maxRange) > 0) {
            throw new InvalidQueryException(
                    "step", fixed.text(), "at most %dd".formatted(maxRange.toDays()));
        }
        if (window.length().compareTo(maxRange) > 0) {
            throw new InvalidQueryException(
                    "from",
                    window.from().toString(),
                    "at most %d days before to, which is %s"
                            .formatted(maxRange.toDays(), window.to()));
        }
        if (window.points() > maxPoints) {
            throw new InvalidQueryException(
                    "step",
                    window.step().text(),
                    "at least %s for this range, so that there are at most %d points"
                            .formatted(QueryWindow.text(window.stepFor(maxPoints)), maxPoints));
        }
    }

    /**
     * Checks an answer as it grows.
     *
     * @throws InvalidQueryException when it has more groups than it may
     */
    void checkGroups(int groups, String groupBy) {
        if (groups > maxGroups) {
            throw new InvalidQueryException(
                    "group_by",
                    groupBy,
                    "at most %d groups; filter, group by less, or ask for some with limit"
                            .formatted(maxGroups));
        }
    }

    /**
     * Checks an answer with a limit of rows as it grows.
     *
     * @throws InvalidQueryException when it has more groups in one step than can be sorted
     */
    void checkOpenGroups(int groups, TokenQuery query) {
        if (groups > maxSortedGroups) {
            throw new InvalidQueryException(
                    "group_by",
                    TokenQuery.text(query.groupBy()),
                    "at most %d groups in one step; filter, or group by less"
                            .formatted(maxSortedGroups));
        }
    }

    /**
     * Checks an answer as it grows.
     *
     * @throws InvalidQueryException when it has more rows than it may
     */
    void checkRows(int rows, QueryWindow window) {
        if (rows > maxPoints) {
            throw new InvalidQueryException(
                    "step",
                    window.step().text(),
                    "a step, range, filter or group_by that gives at most %d rows, or a limit"
                            .formatted(maxPoints));
        }
    }

    /**
     * Checks an answer as it grows.
     *
     * @throws InvalidQueryException when it has more samples than it may
     */
    void checkSamples(int samples) {
        if (samples > maxPoints) {
            throw new InvalidQueryException(
                    "host",
                    "not narrow enough",
                    "host, gpu_index or name that leave at most %d GPUs".formatted(maxPoints));
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at least 1".formatted(name, value));
        }
    }
}
