package gpuanalytics.placement.extender;

import gpuanalytics.placement.policy.Policy;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How pods are placed.
 *
 * @param weights what a node's score is made of
 * @param reservation how long a place is kept for a pod that was promised it and is not bound
 * @param maxFailingLately a node gets no pods on which so many workloads have failed within an
 *     hour; 0 for no limit
 * @param typicalPods a file of pods that are taken for usual at the start
 * @param maxBodyBytes the largest question of a scheduler
 * @param bindLimit how long a bind may take
 * @param maxConcurrent how many questions are answered at the same time
 */
public record ExtenderConfig(
        Weights weights,
        Duration reservation,
        int maxFailingLately,
        Optional<Path> typicalPods,
        int maxBodyBytes,
        Duration bindLimit,
        int maxConcurrent) {

    private static final double MAX_WEIGHT = 1000;

    /**
     * What each part of a score counts.
     *
     * @param fragment a hundredth of a GPU by which fragmentation shrinks
     * @param cpu a point of 50 for little CPU left
     * @param gpu a point of 50 for little of the GPUs left
     * @param memory a point of 50 for little memory left
     * @param stability a workload that has failed on the node within seven days, taken off
     * @param power a kWh that the pod is predicted to use in an hour, taken off
     */
    public record Weights(
            double fragment,
            double cpu,
            double gpu,
            double memory,
            double stability,
            double power) {

        /** FGD + 0.05 × best-fit, as rehearsed. */
        public static final Weights AS_REHEARSED =
                new Weights(1, Policy.BEST_FIT_WEIGHT, Policy.BEST_FIT_WEIGHT, 0, 0, 0);
    }

    /** Reads every variable; errors are left in the reader. */
    public static ExtenderConfig read(EnvironmentReader env) {
        return new ExtenderConfig(
                weights(env),
                env.duration(
                        "PLACEMENT_RESERVATION_S",
                        ChronoUnit.SECONDS,
                        60,
                        1,
                        3600,
                        "How long a GPU is kept for a pod that was promised it and is not bound"),
                maxFailingLately(env),
                env.text(
                                "PLACEMENT_TYPICAL_PODS_FILE",
                                "A CSV of pods in openb's columns that are taken for usual from the"
                                        + " start, beside the cluster's own")
                        .map(Path::of),
                Math.toIntExact(
                        env.bytes(
                                "PLACEMENT_MAX_BYTES",
                                16L << 20,
                                64L << 10,
                                256L << 20,
                                "The largest question of a scheduler; without nodeCacheCapable it"
                                        + " has whole nodes in it")),
                env.duration(
                        "PLACEMENT_BIND_S",
                        ChronoUnit.SECONDS,
                        4,
                        1,
                        60,
                        "How long the API may take to bind a pod; less than the scheduler waits"),
                env.integer(
                        "PLACEMENT_MAX_CONCURRENT",
                        64,
                        1,
                        1000,
                        "How many questions of schedulers are answered at the same time"));
    }

    private static int maxFailingLately(EnvironmentReader env) {
        return env.integer(
                "PLACEMENT_MAX_FAILING_WORKLOADS",
                3,
                0,
                1000,
                "A node on which so many different workloads have failed within an hour gets no"
                        + " pods; 0 for no limit");
    }

    private static Weights weights(EnvironmentReader env) {
        return new Weights(
                weight(env, "FRAGMENT", 1, "A hundredth of a GPU by which fragmentation shrinks"),
                weight(env, "CPU", Policy.BEST_FIT_WEIGHT, "A point of 50 for little CPU left"),
                weight(env, "GPU", Policy.BEST_FIT_WEIGHT, "A point of 50 for little GPU left"),
                weight(env, "MEMORY", 0, "A point of 50 for little memory left"),
                weight(
                        env,
                        "STABILITY",
                        1,
                        "A workload that failed on the node within seven days, taken off"),
                weight(
                        env,
                        "POWER",
                        0,
                        "A kWh that the pod is predicted to use in an hour there, taken off"));
    }

    private static double weight(EnvironmentReader env, String part, double usual, String meaning) {
        return env.number("PLACEMENT_WEIGHT_" + part, usual, 0, MAX_WEIGHT, meaning);
    }
}
