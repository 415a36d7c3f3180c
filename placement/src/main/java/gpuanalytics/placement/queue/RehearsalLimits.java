package gpuanalytics.placement.queue;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What rehearsals that others ask for may take.
 *
 * @param maxBytes how large a request may be
 * @param maxNodes the most nodes
 * @param maxPods the most pods
 * @param maxSeeds the most seeds
 * @param maxDecisions the most decisions: seeds times policies times requests that arrive
 * @param maxWaiting how many wait while one runs; one more is refused
 * @param maxKept how many results are kept, the latest
 * @param timeout how long one may run
 * @param threads how many runs of one there are at a time
 */
public record RehearsalLimits(
        int maxBytes,
        int maxNodes,
        int maxPods,
        int maxSeeds,
        long maxDecisions,
        int maxWaiting,
        int maxKept,
        Duration timeout,
        int threads) {

    private static final long MIB = 1 << 20;

    /** What the environment says. */
    public static RehearsalLimits read(EnvironmentReader env) {
        return new RehearsalLimits(
                maxBytes(env),
                most(env, "REHEARSAL_MAX_NODES", 10_000, 100_000, "nodes"),
                most(env, "REHEARSAL_MAX_PODS", 200_000, 1_000_000, "pods"),
                most(env, "REHEARSAL_MAX_SEEDS", 100, 1000, "seeds"),
                env.integer(
                        "REHEARSAL_MAX_DECISIONS",
                        10_000_000L,
                        1,
                        Long.MAX_VALUE,
                        "The most decisions of a rehearsal over HTTP: seeds x policies x requests"
                                + " that arrive"),
                env.integer(
                        "REHEARSAL_MAX_WAITING",
                        4,
                        1,
                        1000,
                        "How many rehearsals wait while one runs; one more is refused with 503"),
                env.integer(
                        "REHEARSAL_MAX_KEPT",
                        20,
                        1,
                        1000,
                        "How many rehearsals that have ended are kept, the latest"),
                timeout(env),
                env.integer(
                        "REHEARSAL_THREADS",
                        2,
                        1,
                        64,
                        "How many runs of a rehearsal there are side by side"));
    }

    private static int maxBytes(EnvironmentReader env) {
        return Math.toIntExact(
                env.bytes(
                        "REHEARSAL_MAX_BYTES",
                        16 * MIB,
                        1024,
                        512 * MIB,
                        "How large the body of POST /placement/rehearsals may be"));
    }

    private static int most(
            EnvironmentReader env, String variable, int usual, int max, String things) {
        return env.integer(
                variable, usual, 1, max, "The most %s of a rehearsal over HTTP".formatted(things));
    }

    private static Duration timeout(EnvironmentReader env) {
        return env.duration(
                "REHEARSAL_TIMEOUT_S",
                ChronoUnit.SECONDS,
                300,
                1,
                86_400,
                "How long a rehearsal may run before it is given up, in s");
    }
}
