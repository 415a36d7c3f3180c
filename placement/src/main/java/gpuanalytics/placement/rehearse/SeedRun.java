package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.policy.Placer;
import gpuanalytics.placement.policy.Policy;
import java.util.SplittableRandom;

/**
 * One policy with one seed: requests arrive one after the other, each is placed or given up, none
 * leaves.
 */
final class SeedRun {

    private final Workload workload;
    private final RehearsalPlan plan;
    private final int[] arrivals;
    private final Cluster cluster;
    private final Fragmentation fragmentation;
    private final Placer placer;
    private final SeedResult result;
    private long arrivedMilli;

    /** The same seed gives every policy the same requests and nodes in the same order. */
    SeedRun(Workload workload, RehearsalPlan plan, Policy policy, long seed) {
        this.workload = workload;
        this.plan = plan;
        var random = new SplittableRandom(seed);
        arrivals = workload.arrivals(random, plan.targetPercent());
        cluster = workload.cluster(random);
        fragmentation = new Fragmentation(cluster, workload.typical());
        placer =
                new Placer(
                        policy,
                        cluster,
                        fragmentation,
                        workload.shapes(),
                        plan.search(),
                        random.split());
        int models = workload.models().size();
        result =
                new SeedResult(
                        new Curve(plan.targetPercent()),
                        new Curve(plan.targetPercent()),
                        new Strandings(workload.kinds().size(), models));
    }

    /** Runs to the end. */
    SeedResult run() throws InterruptedException {
        for (int kind : arrivals) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            arrivedMilli += workload.shape(kind).gpuMilliInAll();
            int percent = Math.toIntExact(Math.round(100.0 * arrivedMilli / cluster.gpuMilli()));
            place(kind, percent <= plan.compareAtPercent());
            note(percent);
        }
        return result;
    }

    private void place(int kind, boolean beforeComparison) {
        int shape = workload.kinds().get(kind).shape();
        int number = placer.node(shape);
        if (number == Placer.NONE) {
            return;
        }
        var node = cluster.node(number);
        cluster.place(node, workload.shape(kind), placer.gpu(shape, node));
        double grown = fragmentation.gpus(fragmentation.update(node));
        if (beforeComparison) {
            result.strandings().add(kind, node.model(), grown);
        }
    }

    private void note(int percent) {
        long all = cluster.gpuMilli();
        long free = all - cluster.allocatedMilli();
        result.allocatedPercent().add(percent, 100.0 * cluster.allocatedMilli() / all);
        double fragmentedMilli = fragmentation.gpus(fragmentation.weight()) * Node.GPU_MILLI;
        result.fragmentedPercent().add(percent, free == 0 ? 0 : 100 * fragmentedMilli / free);
    }
}
