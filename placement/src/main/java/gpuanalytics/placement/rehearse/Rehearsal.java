package gpuanalytics.placement.rehearse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs every policy with every seed, side by side; the result does not depend on how many are. */
public final class Rehearsal {

    private Rehearsal() {}

    /**
     * Runs them.
     *
     * @param threads how many runs there are at a time
     * @throws InterruptedException where the caller is interrupted; the runs end too
     */
    public static RehearsalResult run(Workload workload, RehearsalPlan plan, int threads)
            throws InterruptedException {
        var factory = Thread.ofPlatform().daemon().name("rehearsal-", 0).factory();
        var pool = Executors.newFixedThreadPool(threads, factory);
        try {
            var runs = new ArrayList<List<Future<SeedResult>>>();
            for (var policy : plan.policies()) {
                var seeds = new ArrayList<Future<SeedResult>>();
                for (int seed = 0; seed < plan.seeds(); seed++) {
                    long number = plan.firstSeed() + seed;
                    seeds.add(pool.submit(() -> new SeedRun(workload, plan, policy, number).run()));
                }
                runs.add(seeds);
            }
            return collect(workload, plan, runs);
        } finally {
            pool.shutdownNow();
        }
    }

    private static RehearsalResult collect(
            Workload workload, RehearsalPlan plan, List<List<Future<SeedResult>>> runs)
            throws InterruptedException {
        var policies = new ArrayList<PolicyResult>();
        for (int policy = 0; policy < runs.size(); policy++) {
            var seeds = new ArrayList<SeedResult>();
            for (var run : runs.get(policy)) {
                try {
                    seeds.add(run.get());
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a run failed", e.getCause());
                }
            }
            policies.add(new PolicyResult(plan.policies().get(policy), seeds));
        }
        return new RehearsalResult(workload, plan, policies);
    }
}
