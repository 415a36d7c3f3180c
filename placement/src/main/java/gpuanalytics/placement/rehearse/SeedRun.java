package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.policy.Placer;
import gpuanalytics.placement.policy.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One policy with one seed: requests arrive one after the other, each is placed or given up, none
 * leaves.
 */
final class SeedRun {

    private final Scenario workload;
    private final RehearsalPlan plan;
    private final int[] arrivals;
    private final Cluster cluster;
    private final Fragmentation fragmentation;
    private final Placer placer;
    private final Curve allocated;
    private final Curve fragmented;
    private final Strandings strandings;
    private final AllocatedByModel byModel;
    private final int[] nodeOrder;
    private final boolean isShown;
    private List<NodeFill> shown = List.of();
    private long arrivedMilli;

    /** The same seed gives every policy the same requests and nodes in the same order. */
    SeedRun(Scenario workload, RehearsalPlan plan, Policy policy, long seed) {
        this.workload = workload;
        this.plan = plan;
        var random = new SplittableRandom(seed);
        arrivals = workload.arrivals(random, plan.targetPercent());
        nodeOrder = workload.nodeOrder(random);
        cluster = workload.cluster(nodeOrder);
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
        allocated = new Curve(plan.targetPercent());
        fragmented = new Curve(plan.targetPercent());
        strandings = new Strandings(workload.kinds().size(), models);
        byModel = new AllocatedByModel(models, plan.compareAtPercent());
        isShown = seed == plan.firstSeed();
    }

    /** Runs to the end. */
    SeedResult run() throws InterruptedException {
        for (int kind : arrivals) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            arrivedMilli += workload.shape(kind).gpuMilliInAll();
            int percent = Math.toIntExact(Math.round(100.0 * arrivedMilli / cluster.gpuMilli()));
            boolean beforeComparison = percent <= plan.compareAtPercent();
            if (!beforeComparison && isShown && shown.isEmpty()) {
                shown = shown();
            }
            place(kind, beforeComparison);
            note(percent);
        }
        var nodes = isShown && shown.isEmpty() ? shown() : shown;
        return new SeedResult(allocated, fragmented, strandings, byModel, nodes);
    }

    /** The nodes as they stand, in the file's order. */
    private List<NodeFill> shown() {
        var fills = new ArrayList<NodeFill>();
        for (int number = 0; number < nodeOrder.length; number++) {
            var node = cluster.node(number);
            if (workload.isShown(nodeOrder[number])) {
                var free = new ArrayList<Integer>();
                for (int gpu = 0; gpu < node.gpus(); gpu++) {
                    free.add(node.gpuFreeMilli(gpu));
                }
                double unusable = fragmentation.gpus(fragmentation.weight(node));
                fills.add(new NodeFill(nodeOrder[number], free, unusable));
            }
        }
        fills.sort(Comparator.comparingInt(NodeFill::node));
        return fills;
    }

    private void place(int kind, boolean beforeComparison) {
        int shape = workload.kinds().get(kind).shape();
        int number = placer.node(shape);
        if (number == Placer.NONE) {
            return;
        }
        var node = cluster.node(number);
        var wanted = workload.shape(kind);
        cluster.place(node, wanted, placer.gpu(shape, node));
        byModel.placed(node.model(), wanted.gpuMilliInAll());
        double grown = fragmentation.gpus(fragmentation.update(node));
        if (beforeComparison) {
            strandings.add(kind, node.model(), grown);
        }
    }

    private void note(int percent) {
        byModel.arrived(percent);
        long all = cluster.gpuMilli();
        long free = all - cluster.allocatedMilli();
        allocated.add(percent, 100.0 * cluster.allocatedMilli() / all);
        double fragmentedMilli = fragmentation.gpus(fragmentation.weight()) * Node.GPU_MILLI;
        fragmented.add(percent, free == 0 ? 0 : 100 * fragmentedMilli / free);
    }
}
