package gpuanalytics.placement.extender;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.extender.Forecasts.Forecast;
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
    private static final double HALF = 50;
    private static final double JOULES_PER_KWH = 3.6e6;

    /**
     * What a pod takes of a node: what it asks for, and where the memory of the node's GPUs is
     * known at least what is predicted.
     */
    static PodRequest on(NodeState state, PodRequest asked, Optional<Forecast> forecast) {
        int peak = forecast.map(each -> each.peakGpuMemoryMib().orElse(0)).orElse(0);
        return state.gpuMemoryMib() > 0 ? asked.needing(peak) : asked;
    }

    /** Weighs these nodes for what a pod asks for. */
    Evaluation weigh(PodRequest request, Optional<Forecast> forecast, List<String> names) {
        fleet.prepare();
        var reasons = Reasons.of(request, forecast, config.maxFailingLately());
        var evaluation = new Evaluation(names);
        // nodes' GPUs have few sizes of memory
        Map<Integer, Optional<ScoreColumn>> columns = new HashMap<>();
        for (int place = 0; place < names.size(); place++) {
            var name = names.get(place);
            var state = fleet.state(name);
            var node = fleet.find(name);
            if (state == null || node == null) {
                evaluation.refuse(place, UNKNOWN);
                continue;
            }
            var column =
                    columns.computeIfAbsent(
                                    state.gpuMemoryMib(),
                                    mib ->
                                            Optional.ofNullable(
                                                    fleet.column(
                                                            on(state, request, forecast), mib)))
                            .orElse(null);
            weigh(
                    evaluation,
                    place,
                    reasons,
                    forecast,
                    new Candidate(state, node, column, request.memoryMib()));
        }
        return evaluation;
    }

    private record Candidate(
            NodeState state, Node node, @Nullable ScoreColumn column, int memoryMib) {

        boolean hasMemory() {
            return memoryMib <= node.memoryFreeMib();
        }
    }

    private void weigh(
            Evaluation evaluation,
            int place,
            Reasons reasons,
            Optional<Forecast> forecast,
            Candidate candidate) {
        var stability = history.of(candidate.state().name());
        var column = candidate.column();
        if (config.maxFailingLately() > 0
                && stability.failingLately() >= config.maxFailingLately()) {
            evaluation.refuse(place, reasons.unstable());
        } else if (column == null) {
            evaluation.refuse(place, reasons.memory());
        } else {
            var parts = column.parts(fleet.fragmentation(), candidate.node());
            if (parts == null || !candidate.hasMemory()) {
                evaluation.refuse(place, reasons.unfit(candidate, column.shape()));
            } else {
                evaluation.score(place, score(parts, stability.failing(), forecast, candidate));
                if (column.shape().gpus() == 0 && candidate.node().gpus() == 0) {
                    // it is in no GPU's way there: what else a scheduler heeds decides
                    evaluation.alike(place);
                }
            }
        }
    }

    private NodeScore score(
            ScoreParts parts, int failing, Optional<Forecast> forecast, Candidate candidate) {
        var node = candidate.node();
        double memoryFit =
                node.memoryMib() == 0
                        ? 0
                        : HALF
                                * (1
                                        - (node.memoryFreeMib() - candidate.memoryMib())
                                                / (double) node.memoryMib());
        double kwh =
                forecast.map(each -> each.joulesPerHour(candidate.state().model()).orElse(0))
                                .orElse(0.0)
                        / JOULES_PER_KWH;
        var weights = config.weights();
        double total =
                weights.fragment() * 100 * parts.shrunkGpus()
                        + weights.cpu() * parts.cpuFit()
                        + weights.gpu() * parts.gpuFit()
                        + weights.memory() * memoryFit
                        - weights.stability() * failing
                        - weights.power() * kwh;
        return new NodeScore(parts, memoryFit, failing, kwh, total);
    }

    /** Why a node is no place for a request, each put into words once. */
    private record Reasons(String unstable, String memory, String model, String cpu, String gpus) {

        static Reasons of(PodRequest request, Optional<Forecast> forecast, int maxFailing) {
            int peak = forecast.map(each -> each.peakGpuMemoryMib().orElse(0)).orElse(0);
            return new Reasons(
                    maxFailing + " or more workloads have failed on the node within an hour",
                    "no GPU of the node is known to have %d MiB (label nvidia.com/gpu.memory)"
                            .formatted(request.needing(peak).gpuMemoryMib()),
                    "the node's GPU model is none of " + request.models(),
                    "too little CPU or memory is free",
                    "fewer than %d GPUs have %s free"
                            .formatted(
                                    Math.max(1, request.gpus()),
                                    request.gpuMemoryMib() > 0
                                            ? request.gpuMemoryMib() + " MiB"
                                            : request.gpuMilli() + " milli"));
        }

        String unfit(Candidate candidate, Shape shape) {
            var node = candidate.node();
            if (shape.gpus() > 0 && (shape.models() >>> node.model() & 1) == 0) {
                return model;
            }
            boolean isCpu = shape.cpuMilli() > node.cpuFreeMilli() || !candidate.hasMemory();
            return isCpu ? cpu : gpus;
        }
    }
}
