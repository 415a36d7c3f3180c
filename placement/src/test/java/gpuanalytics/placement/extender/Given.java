package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.ExtenderConfig.Weights;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodMarks;
import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An extender that knows some nodes, with a clock that stands still. */
final class Given {

    static final Duration RESERVATION = Duration.ofSeconds(60);

    final AtomicLong nanos = new AtomicLong();
    final Extender extender;

    Given(Binder binder, NodeState... nodes) {
        this(Forecasts.NONE, NodeHistory.NONE, Weights.AS_REHEARSED, binder, nodes);
    }

    Given(
            Forecasts forecasts,
            NodeHistory history,
            Weights weights,
            Binder binder,
            NodeState... nodes) {
        extender =
                new Extender(
                        config(weights), forecasts, history, binder, Clock.systemUTC(), nanos::get);
        extender.nodeListener().listed(List.of(nodes), 0);
        extender.podListener().listed(List.of(), 0);
    }

    static ExtenderConfig config(Weights weights) {
        return new ExtenderConfig(
                weights, RESERVATION, 3, Optional.empty(), 1 << 20, Duration.ofSeconds(30), 64);
    }

    /** A node with so many GPUs, and CPU and memory for many pods. */
    static NodeState node(String name, int gpus) {
        return new NodeState(name, 96_000, 400_000, gpus, "T4", 16_000);
    }

    /** A pod that asks for so many thousandths of one GPU, or for whole ones. */
    static PodState pod(String name, int gpuMilli) {
        int gpus = Math.max(1, gpuMilli / 1000);
        return pod(name, new PodRequest(1000, 1024, gpus, Math.min(gpuMilli, 1000), 0, ""));
    }

    static PodState pod(String name, PodRequest request) {
        return new PodState(
                "uid-" + name,
                "ml",
                name,
                "Job/" + name,
                "",
                "Pending",
                "",
                request,
                "",
                0,
                List.of(),
                PodMarks.NONE);
    }

    /** The same pod as the watch shows it once it is on a node. */
    static PodState on(PodState pod, String node, long gpus) {
        return new PodState(
                pod.uid(),
                pod.namespace(),
                pod.name(),
                pod.workload(),
                node,
                "Running",
                "",
                pod.request(),
                "",
                gpus,
                List.of(),
                pod.marks());
    }

    /** Goes the scheduler's whole way; returns where it was bound, or why it was not. */
    String scheduled(PodState pod, List<String> nodes) throws InterruptedException {
        var evaluation = extender.filter(pod, nodes);
        if (evaluation.fitting() > 1) {
            evaluation = extender.prioritize(pod, nodes);
        }
        var node = evaluation.bestName();
        if (node == null) {
            return "nowhere";
        }
        var refusal = extender.bind(pod.namespace(), pod.name(), pod.uid(), node);
        return refusal.isEmpty() ? node : refusal;
    }
}
