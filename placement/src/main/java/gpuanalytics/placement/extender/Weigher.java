package gpuanalytics.placement.extender;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.extender.Fleet.Member;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Need;
import gpuanalytics.placement.policy.ScoreParts;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Weighs nodes for one pod after the other. Whoever asks holds the fleet. */
record Weigher(Fleet fleet, ExtenderConfig config, NodeHistory history) {

    private static final String UNKNOWN = "the node is not known to the placement program";
    private static final String NO_CPU = "too little CPU or memory is free";
    private static final double HALF = 50;
    private static final double JOULES_PER_KWH = 3.6e6;

    /**
     * Predicted memory is counted in so many parts of a GPU, so that alike pods are weighed once.
     */
    private static final int PARTS = 20;

    /** Weighs these nodes for what a pod asks for. */
    Evaluation weigh(PodRequest request, Optional<Forecast> forecast, List<String> names) {
        fleet.prepare();
        var reasons = new Reasons(request, config.maxFailingLately());
        var evaluation = new Evaluation(names);
        boolean withEnergy = config.weights().power() != 0;
        var members = names.stream().map(fleet::find).toArray(Member[]::new);
        var needs = forecast.map(said -> fleet.needs(said, members, withEnergy));
        var columns = new Columns(fleet, request, needs);
        for (int place = 0; place < members.length; place++) {
            var member = members[place];
            if (member == null) {
                evaluation.refuse(place, UNKNOWN);
            } else {
                weigh(evaluation, place, reasons, columns.candidate(member.state(), member.node()));
            }
        }
        return evaluation;
    }

    /**
     * A node that may get the pod.
     *
     * @param peakMib what it is predicted to need of each GPU there; 0 where nothing is
     * @param column the scores for what the pod takes there: what it asks for, and where the memory
     *     of the node's GPUs is known at least what is predicted; null where no GPU has so much
     */
    private record Candidate(
            NodeState state,
            Node node,
            Need need,
            int peakMib,
            @Nullable ScoreColumn column,
            int memoryMib) {

        boolean hasMemory() {
            return memoryMib <= node.memoryFreeMib();
        }
    }

    /** The scores for one pod, by the memory that nodes' GPUs have and by what it needs of it. */
    private static final class Columns {

        private final Fleet fleet;
        private final PodRequest request;
        private final @Nullable NeedColumn needs;
        private final Map<Long, Optional<ScoreColumn>> columns = new HashMap<>();

        /** The last one that was asked for: most nodes ask for the same as the one before them. */
        private long lastKey = -1;

        private @Nullable ScoreColumn last;

        Columns(Fleet fleet, PodRequest request, Optional<NeedColumn> needs) {
            this.fleet = fleet;
            this.request = request;
            this.needs = needs.orElse(null);
        }

        Candidate candidate(NodeState state, Node node) {
            int memory = state.gpuMemoryMib();
            var need = needs == null ? Need.NOTHING : needs.of(node);
            int peak = memory == 0 ? 0 : inParts(need.peakGpuMemoryMib(), memory);
            var column = column(memory, peak);
            return new Candidate(state, node, need, peak, column, request.memoryMib());
        }

        private @Nullable ScoreColumn column(int memory, int peak) {
            long key = ((long) memory << Integer.SIZE) | peak;
            if (key != lastKey) {
                lastKey = key;
                last =
                        columns.computeIfAbsent(
                                        key,
                                        _ ->
                                                Optional.ofNullable(
                                                        fleet.column(
                                                                request.needing(peak), memory)))
                                .orElse(null);
            }
            return last;
        }

        /** As many whole parts of a GPU's memory as are needed; what is more than all stays so. */
        private static int inParts(int peak, int memory) {
            int part = Math.ceilDiv(memory, PARTS);
            return peak > memory ? peak : Math.min(memory, Math.ceilDiv(peak, part) * part);
        }
    }

    private void weigh(Evaluation evaluation, int place, Reasons reasons, Candidate candidate) {
        var stability = history.of(candidate.state().name());
        var column = candidate.column();
        if (config.maxFailingLately() > 0
                && stability.failingLately() >= config.maxFailingLately()) {
            evaluation.refuse(place, reasons.unstable());
        } else if (column == null) {
            evaluation.refuse(place, reasons.memory(candidate.peakMib()));
        } else {
            var parts = column.parts(fleet.fragmentation(), candidate.node());
            if (parts == null || !candidate.hasMemory()) {
                evaluation.refuse(place, reasons.unfit(candidate, column.shape()));
            } else {
                evaluation.score(place, score(parts, stability.failing(), candidate));
                if (column.shape().gpus() == 0 && candidate.node().gpus() == 0) {
                    // it is in no GPU's way there: what else a scheduler heeds decides
                    evaluation.alike(place);
                }
            }
        }
    }

    private NodeScore score(ScoreParts parts, int failing, Candidate candidate) {
        var node = candidate.node();
        double memoryFit =
                node.memoryMib() == 0
                        ? 0
                        : HALF
                                * (1
                                        - (node.memoryFreeMib() - candidate.memoryMib())
                                                / (double) node.memoryMib());
        var weights = config.weights();
        double kwh = candidate.need().joulesPerHour() / JOULES_PER_KWH;
        double total =
                weights.fragment() * 100 * parts.shrunkGpus()
                        + weights.cpu() * parts.cpuFit()
                        + weights.gpu() * parts.gpuFit()
                        + weights.memory() * memoryFit
                        - weights.stability() * failing
                        - weights.power() * kwh;
        return new NodeScore(parts, memoryFit, failing, kwh, candidate.peakMib(), total);
    }

    /** Why a node is no place for a request, each put into words once. */
    private static final class Reasons {

        private final PodRequest request;
        private final String unstable;
        private final String model;
        private final String gpus;
        private final Map<Integer, String> memory = new HashMap<>();

        Reasons(PodRequest request, int maxFailing) {
            this.request = request;
            unstable = maxFailing + " or more workloads have failed on the node within an hour";
            model = "the node's GPU model is none of " + request.models();
            gpus =
                    "fewer than %d GPUs have %s free"
                            .formatted(
                                    Math.max(1, request.gpus()),
                                    request.gpuMemoryMib() > 0
                                            ? request.gpuMemoryMib() + " MiB"
                                            : request.gpuMilli() + " milli");
        }

        String unstable() {
            return unstable;
        }

        String memory(int peakMib) {
            return memory.computeIfAbsent(
                    peakMib,
                    peak ->
                            "no GPU of the node is known to have %d MiB (label nvidia.com/gpu.memory)"
                                    .formatted(request.needing(peak).gpuMemoryMib()));
        }

        String unfit(Candidate candidate, Shape shape) {
            var node = candidate.node();
            if (shape.gpus() > 0 && (shape.models() >>> node.model() & 1) == 0) {
                return model;
            }
            boolean isCpu = shape.cpuMilli() > node.cpuFreeMilli() || !candidate.hasMemory();
            return isCpu ? NO_CPU : gpus;
        }
    }
}
