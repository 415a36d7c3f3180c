package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.extender.Explanation.Told;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.extender.Holding.State;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.kubernetes.KubernetesApi;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides where pods go. Any thread may ask; a decision is made at a time, on what the API has told
 * and what was promised since, so that two pods never get one GPU's same part.
 */
public final class Extender {

    private static final long TYPICAL_REFRESH_NANOS = 600_000_000_000L;

    private final ExtenderConfig config;
    private final Forecasts forecasts;
    private final Binder binder;
    private final LongSupplier nanos;
    private final RequestCounts counts = new RequestCounts();
    private final Fleet fleet = new Fleet(counts);
    private final FleetListener listener;
    private final Weigher weigher;
    private final Map<String, PodState> asked = Explanations.remembering();
    private final Explanations explanations;
    private long typicalAtNanos;

    Extender(
            ExtenderConfig config,
            Forecasts forecasts,
            NodeHistory history,
            Binder binder,
            Clock clock,
            LongSupplier nanos) {
        this.config = config;
        this.forecasts = forecasts;
        this.binder = binder;
        explanations = new Explanations(clock);
        this.nanos = nanos;
        listener = new FleetListener(fleet, counts, nanos);
        weigher = new Weigher(fleet, config, history);
        typicalAtNanos = nanos.getAsLong();
    }

    /**
     * One that binds by the API.
     *
     * @param typicalPods pods that are taken for usual at the start
     */
    public static Extender of(
            ExtenderConfig config,
            List<TracePod> typicalPods,
            Forecasts forecasts,
            NodeHistory history,
            KubernetesApi api) {
        var extender =
                new Extender(
                        config,
                        forecasts,
                        history,
                        Binder.of(api, config.bindLimit()),
                        Clock.systemUTC(),
                        System::nanoTime);
        extender.counts.addAll(typicalPods);
        return extender;
    }

    /** Hears of nodes. */
    public ResourceWatch.Listener<NodeState> nodeListener() {
        return listener.nodes();
    }

    /** Hears of pods. */
    public ResourceWatch.Listener<PodState> podListener() {
        return listener.pods();
    }

    ExtenderConfig.Weights weights() {
        return config.weights();
    }

    /** Whether it knows the cluster, without which it refuses to decide. */
    public boolean isReady() {
        return listener.isComplete();
    }

    /** A pod that is refused whatever the nodes are. */
    void refuse(PodState pod) {
        synchronized (fleet) {
            explanations.refused(pod);
        }
    }

    /** Which of these nodes can have the pod, and why the others cannot. */
    Evaluation filter(PodState pod, List<String> nodes) {
        synchronized (fleet) {
            var forecast = forecasts.of(pod);
            var evaluation = weigh(pod, forecast, nodes);
            if (evaluation.fitting() <= 1) {
                // with one node left the scheduler asks for no priorities
                promise(pod, forecast, evaluation);
            } else {
                explanations.filtered(pod, evaluation);
            }
            return evaluation;
        }
    }

    /** Which of these nodes is best; it is promised to the pod. */
    Evaluation prioritize(PodState pod, List<String> nodes) {
        synchronized (fleet) {
            var forecast = forecasts.of(pod);
            var evaluation = weigh(pod, forecast, nodes);
            promise(pod, forecast, evaluation);
            return evaluation;
        }
    }

    /** The best of these nodes, which is promised to the pod; empty where none has room. */
    public Optional<String> best(PodState pod, List<String> nodes) {
        return Optional.ofNullable(prioritize(pod, nodes).bestName());
    }

    private Evaluation weigh(PodState pod, Optional<Forecast> forecast, List<String> nodes) {
        asked.put(pod.uid(), pod);
        counts.add(pod.uid(), pod.request());
        endPromises();
        var before = fleet.holding(pod.uid());
        if (before != null && before.state() != State.PROMISED) {
            // a second promise would free what the API may give it yet
            return Evaluation.decided(
                    nodes, "the pod may be on node %s already".formatted(before.node()));
        }
        fleet.release(pod.uid());
        return weigher.weigh(pod.request(), forecast, nodes);
    }

    private void endPromises() {
        long now = nanos.getAsLong();
        for (var holding : fleet.passing()) {
            if (now - holding.atNanos() > config.reservation().toNanos()) {
                fleet.release(holding.uid());
            }
        }
        if (now - typicalAtNanos > TYPICAL_REFRESH_NANOS) {
            typicalAtNanos = now;
            fleet.refreshTypical();
        }
    }

    private void promise(PodState pod, Optional<Forecast> forecast, Evaluation evaluation) {
        // before the pod counts for its node, of which the models know how it is without it
        var told = forecast.map(each -> Told.of(each, evaluation, this::place));
        var name = evaluation.bestName();
        var score = evaluation.bestScore();
        var holding =
                name == null || score == null || evaluation.leavesChoice()
                        ? null
                        : holding(pod, name, score, State.PROMISED);
        if (holding != null) {
            fleet.hold(holding);
        }
        explanations.decided(pod, told, evaluation, holding);
    }

    private Place place(String name) {
        var member = fleet.find(name);
        return member == null ? Place.ANYWHERE : fleet.place(member);
    }

    private @Nullable Holding holding(PodState pod, String name, NodeScore score, State state) {
        var member = fleet.find(name);
        if (member == null) {
            return null;
        }
        var request = pod.request().needing(score.peakMib());
        var column = fleet.column(request, member.state().gpuMemoryMib());
        if (column == null) {
            return null;
        }
        long gpus = score.parts().gpus(member.node(), column.shape());
        return new Holding(pod.uid(), name, request, gpus, state, nanos.getAsLong());
    }

    /**
     * Puts a pod on a node and gives it its GPUs there.
     *
     * @return why it is not there; empty where it is
     */
    String bind(String namespace, String name, String uid, String node)
            throws InterruptedException {
        Holding holding;
        boolean isFirst;
        synchronized (fleet) {
            var pod = asked.get(uid);
            if (pod == null) {
                return "pod %s/%s was not asked about, expected filter or prioritize before bind"
                        .formatted(namespace, name);
            }
            var before = fleet.holding(uid);
            isFirst = before == null || before.state() == State.PROMISED;
            holding = placed(pod, node);
            if (holding == null) {
                var reason = "node %s has no room for it any more".formatted(node);
                explanations.then(pod.key(), reason, "", 0);
                return reason;
            }
            fleet.hold(holding);
        }
        return bound(namespace, name, holding, isFirst);
    }

    /** What it was promised if that is on this node, or else what the node has now. */
    private @Nullable Holding placed(PodState pod, String node) {
        endPromises();
        var before = fleet.holding(pod.uid());
        if (before != null && before.node().equals(node)) {
            return before.endsByItself() ? before.as(State.BINDING, nanos.getAsLong()) : before;
        }
        if (before != null && before.state() != State.PROMISED) {
            return null; // it may be there already
        }
        fleet.release(pod.uid());
        var score = weigher.weigh(pod.request(), forecasts.of(pod), List.of(node)).bestScore();
        return score == null ? null : holding(pod, node, score, State.BINDING);
    }

    /**
     * @param isFirst whether nobody has asked the API before to bind it: else a refusal may mean
     *     that it is bound
     */
    private String bound(String namespace, String name, Holding holding, boolean isFirst)
            throws InterruptedException {
        var key = namespace + "/" + name;
        try {
            var refusal =
                    binder.bind(namespace, name, holding.uid(), holding.node(), holding.gpus());
            synchronized (fleet) {
                var now = fleet.holding(holding.uid());
                boolean isOurs = now != null && now.state() == State.BINDING;
                if (!refusal.isEmpty()) {
                    if (isOurs && isFirst) {
                        fleet.release(holding.uid());
                    }
                    explanations.then(key, refusal, "", 0);
                } else {
                    if (isOurs) {
                        fleet.hold(holding.as(State.BOUND, nanos.getAsLong()));
                    }
                    explanations.then(key, "bound", holding.node(), holding.gpus());
                }
            }
            return refusal;
        } catch (IOException e) {
            // it may be there: its GPUs are kept until the watch shows it or the promise ends
            synchronized (fleet) {
                explanations.then(
                        key, "it is not known whether it is bound", holding.node(), holding.gpus());
            }
            return "the API did not say whether it is bound: " + e.getMessage();
        }
    }

    /** Why a pod went where it went; empty where it was not asked about. */
    Optional<Explanation> explain(String pod) {
        synchronized (fleet) {
            return explanations.find(pod);
        }
    }

    /**
     * Free GPUs of a node that usual requests cannot use, as it would be without a pod; NaN where
     * that is not known.
     */
    public double fragmentGpus(String node, String uid) {
        synchronized (fleet) {
            if (!listener.isComplete()) {
                return Double.NaN;
            }
            fleet.prepare();
            return fleet.fragmentGpus(node, uid);
        }
    }

    /** Thousandths of GPUs that pods have or were promised. */
    public long allocatedMilli() {
        synchronized (fleet) {
            fleet.prepare();
            return fleet.allocatedMilli();
        }
    }
}
