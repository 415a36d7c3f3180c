package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs every policy with every seed, side by side; the result does not depend on how many are. */
public final class Rehearsal {

    private static final Duration NO_LIMIT = Duration.ofDays(365);

    private Rehearsal() {}

    /**
     * Runs them.
     *
     * @param threads how many runs there are at a time
     * @throws InterruptedException where the caller is interrupted; the runs end too
     */
    public static RehearsalResult run(Scenario workload, RehearsalPlan plan, int threads)
            throws InterruptedException {
        try {
            return run(workload, plan, threads, () -> {}, NO_LIMIT);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a year has passed", e);
        }
    }

    /**
     * The same within a limit.
     *
     * @param runEnded is told of each run that has ended, by its thread
     * @throws TimeoutException when it takes longer; the runs end too
     */
    public static RehearsalResult run(
            Scenario workload, RehearsalPlan plan, int threads, Runnable runEnded, Duration limit)
            throws InterruptedException, TimeoutException {
        var factory = Thread.ofPlatform().daemon().name("rehearsal-", 0).factory();
        var pool = Executors.newFixedThreadPool(threads, factory);
        try {
            var runs = new ArrayList<List<Future<SeedResult>>>();
            for (var policy : plan.policies()) {
                var seeds = new ArrayList<Future<SeedResult>>();
                for (int seed = 0; seed < plan.seeds(); seed++) {
                    long number = plan.firstSeed() + seed;
                    seeds.add(pool.submit(() -> run(workload, plan, policy, number, runEnded)));
                }
                runs.add(seeds);
            }
            return collect(workload, plan, runs, System.nanoTime() + limit.toNanos());
        } finally {
            pool.shutdownNow();
        }
    }

    private static SeedResult run(
            Scenario workload, RehearsalPlan plan, Policy policy, long seed, Runnable ended)
            throws InterruptedException {
        var result = new SeedRun(workload, plan, policy, seed).run();
        ended.run();
        return result;
    }

    private static RehearsalResult collect(
            Scenario workload,
            RehearsalPlan plan,
            List<List<Future<SeedResult>>> runs,
            long deadlineNanos)
            throws InterruptedException, TimeoutException {
        var policies = new ArrayList<PolicyResult>();
        for (int policy = 0; policy < runs.size(); policy++) {
            var seeds = new ArrayList<SeedResult>();
            for (var run : runs.get(policy)) {
                try {
                    seeds.add(run.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a run failed", e.getCause());
                }
            }
            policies.add(new PolicyResult(plan.policies().get(policy), seeds));
        }
        return new RehearsalResult(workload, plan, policies);
    }
}
