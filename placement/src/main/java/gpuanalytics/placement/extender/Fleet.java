package gpuanalytics.placement.extender;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.GpuModels;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.NodeSpec;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.fragment.TypicalPods;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes, what pods have of them and what was promised of them, as the cluster whose
 * fragmentation is kept up to date. Not for several threads.
 *
 * <p>A pod changes one node; another set of nodes, or other usual requests, make all of it anew.
 */
final class Fleet {

    private static final Logger log = LoggerFactory.getLogger(Fleet.class);
    private static final double TYPICAL_PERCENT = 95;

    /** Requests whose scores are kept; for 1,200 nodes some 20 MB. */
    private static final int MAX_COLUMNS = 1024;

    /** Usual requests whose scores are there before the first pod asks. */
    private static final int MAX_COLUMNS_AHEAD = 64;

    private final RequestCounts counts;
    private final Map<String, NodeState> states = new TreeMap<>();
    private final Map<String, Holding> byUid = new HashMap<>();
    private final Map<String, Map<String, Holding>> byNode = new HashMap<>();
    private final Map<String, Holding> passing = new HashMap<>();
    private final Map<String, Member> members = new HashMap<>();
    private final Map<Shape, ScoreColumn> columns =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Shape, ScoreColumn> eldest) {
                    return size() > MAX_COLUMNS;
                }
            };

    /** What forecasts say, as long as whoever makes them keeps them. */
    private final Map<Forecast, NeedColumn> needs = new WeakHashMap<>();

    /** A node as it was told of, and as it is in the cluster. */
    record Member(NodeState state, Node node) {}

    private GpuModels models = new GpuModels();
    private Cluster cluster = new Cluster(List.of());
    private Fragmentation fragmentation;
    private boolean stale = true;

    Fleet(RequestCounts counts) {
        this.counts = counts;
        fragmentation = new Fragmentation(cluster, typical());
    }

    /** These are all nodes. */
    void nodes(List<NodeState> all) {
        states.clear();
        all.forEach(state -> states.put(state.name(), state));
        stale = true;
    }

    /** A node is there, or is another than before. */
    void node(NodeState state) {
        stale |= !state.equals(states.put(state.name(), state));
    }

    /** A node is there no more. */
    void nodeGone(String name) {
        stale |= states.remove(name) != null;
    }

    /** The usual requests are others than before. */
    void refreshTypical() {
        stale |= counts.hasChanged();
    }

    /** What a pod has or was promised; null for nothing. */
    @Nullable Holding holding(String uid) {
        return byUid.get(uid);
    }

    /** A copy of all of it. */
    List<Holding> holdings() {
        return List.copyOf(byUid.values());
    }

    /** A copy of those that end by themselves. */
    List<Holding> passing() {
        return List.copyOf(passing.values());
    }

    /** Counts it, instead of what this pod had before. */
    void hold(Holding holding) {
        var before = byUid.get(holding.uid());
        boolean isNew = before == null || !isSamePlace(before, holding);
        if (isNew) {
            release(holding.uid());
        }
        byUid.put(holding.uid(), holding);
        if (holding.endsByItself()) {
            passing.put(holding.uid(), holding);
        } else {
            passing.remove(holding.uid());
        }
        byNode.computeIfAbsent(holding.node(), _ -> new HashMap<>()).put(holding.uid(), holding);
        if (isNew) {
            refresh(holding.node());
        }
    }

    private static boolean isSamePlace(Holding one, Holding other) {
        return one.node().equals(other.node())
                && one.gpus() == other.gpus()
                && one.request().equals(other.request());
    }

    /** What the pod had is free again. */
    void release(String uid) {
        var holding = byUid.remove(uid);
        passing.remove(uid);
        if (holding != null) {
            byNode.getOrDefault(holding.node(), new HashMap<>()).remove(uid);
            refresh(holding.node());
        }
    }

    private void refresh(String name) {
        var member = members.get(name);
        if (!stale && member != null) {
            var node = member.node();
            cluster.clear(node);
            occupy(cluster, name, node, "");
            fragmentation.update(node);
        }
    }

    /**
     * Those whose GPUs are known come first: the others get what is left.
     *
     * @param without a pod that is left out; empty for none
     */
    private void occupy(Cluster whole, String name, Node node, String without) {
        var state = states.get(name);
        var holdings = byNode.get(name);
        if (state == null || holdings == null) {
            return;
        }
        holdings.values().stream()
                .filter(each -> !each.uid().equals(without))
                .sorted(
                        Comparator.comparing((Holding each) -> each.gpus() == 0)
                                .thenComparing(Holding::uid))
                .forEach(each -> whole.occupy(node, held(each.request(), state), each.gpus()));
    }

    /** What a pod that is there already has, whether or not it would fit. */
    private static Shape held(PodRequest request, NodeState state) {
        return request.shapeOn(state.gpuMemoryMib(), GpuModels.ANY)
                .orElse(
                        new Shape(
                                request.cpuMilli(),
                                request.memoryMib(),
                                request.gpus(),
                                Node.GPU_MILLI,
                                GpuModels.ANY));
    }

    /** Makes the cluster anew where that is due. */
    void prepare() {
        if (!stale) {
            return;
        }
        stale = false;
        models = new GpuModels();
        members.clear();
        columns.clear();
        needs.clear();
        var specs = new ArrayList<NodeSpec>();
        var known = new ArrayList<NodeState>();
        for (var state : states.values()) {
            spec(state)
                    .ifPresent(
                            spec -> {
                                known.add(state);
                                specs.add(spec);
                            });
        }
        cluster = new Cluster(specs);
        for (int number = 0; number < known.size(); number++) {
            var state = known.get(number);
            var member = new Member(state, cluster.node(number));
            members.put(state.name(), member);
            occupy(cluster, state.name(), member.node(), "");
        }
        var typical = typical();
        fragmentation = new Fragmentation(cluster, typical);
        var _ = counts.hasChanged();
        typical.shapes().stream().limit(MAX_COLUMNS_AHEAD).forEach(this::weighAhead);
    }

    /** Scores a usual request on every node before a pod asks for it. */
    private void weighAhead(Shape shape) {
        var column = columns.computeIfAbsent(shape, each -> new ScoreColumn(each, cluster.size()));
        for (int node = 0; node < cluster.size(); node++) {
            var _ = column.parts(fragmentation, cluster.node(node));
        }
    }

    private Optional<NodeSpec> spec(NodeState state) {
        try {
            return Optional.of(
                    new NodeSpec(
                            state.cpuMilli(),
                            state.memoryMib(),
                            state.gpus(),
                            models.number(state.model())));
        } catch (BadInputException e) {
            log.atWarn()
                    .addKeyValue("node", state.name())
                    .log("the node gets no pods: {}", e.line());
            return Optional.empty();
        }
    }

    private TypicalPods typical() {
        int memoryMib = states.values().stream().mapToInt(NodeState::gpuMemoryMib).max().orElse(0);
        var shapes = new LinkedHashMap<Shape, Long>();
        counts.counts()
                .forEach(
                        (request, count) ->
                                request.shapeOn(memoryMib, models.known(request.models()))
                                        .ifPresent(shape -> shapes.merge(shape, count, Long::sum)));
        if (shapes.isEmpty()) {
            // before the first pod any GPU is as good as another
            shapes.put(new Shape(0, 0, 1, Node.GPU_MILLI, GpuModels.ANY), 1L);
        }
        return new TypicalPods(shapes, TYPICAL_PERCENT);
    }

    /** A node; null where it is not known. */
    @Nullable Member find(String name) {
        return members.get(name);
    }

    /**
     * The scores for a request on nodes whose GPUs have so much memory; null where none can. The
     * node's memory is no part of them, so that requests that differ by it alone share them.
     */
    @Nullable ScoreColumn column(PodRequest request, int gpuMemoryMib) {
        return request.shapeOn(gpuMemoryMib, models.known(request.models()))
                .map(Shape::withoutMemory)
                .map(
                        shape ->
                                columns.computeIfAbsent(
                                        shape, each -> new ScoreColumn(each, cluster.size())))
                .orElse(null);
    }

    /** What a forecast says of these nodes; those that are not known are left out. */
    NeedColumn needs(Forecast forecast, @Nullable Member[] asked, boolean withEnergy) {
        var column = needs.computeIfAbsent(forecast, _ -> new NeedColumn(cluster.size()));
        var changed = new ArrayList<Node>();
        var places = new ArrayList<Place>();
        for (var member : asked) {
            if (member != null && column.isStale(member.node())) {
                changed.add(member.node());
                places.add(place(member));
            }
        }
        if (!changed.isEmpty()) {
            column.ask(forecast, changed, places, withEnergy);
        }
        return column;
    }

    /** What the models are asked with about a node that does not have the pod. */
    Place place(Member member) {
        var state = member.state();
        return new Place(state.name(), state.model(), fragmentGpus(member.node()));
    }

    /** Free GPUs of a node that usual requests cannot use. */
    double fragmentGpus(Node node) {
        return fragmentation.gpus(fragmentation.weight(node));
    }

    /**
     * The same of a node as it is without a pod: what it is when the pod is asked about, it is as
     * long as the pod is there and nothing else changes. NaN where the node is not known.
     */
    double fragmentGpus(String name, String uid) {
        var member = find(name);
        var held = byUid.get(uid);
        if (member == null) {
            return Double.NaN;
        }
        if (held == null || !held.node().equals(name)) {
            return fragmentGpus(member.node());
        }
        return spec(member.state())
                .map(
                        spec -> {
                            var apart = new Cluster(List.of(spec));
                            occupy(apart, name, apart.node(0), uid);
                            return fragmentation.gpus(fragmentation.weigh(apart.node(0)));
                        })
                .orElse(Double.NaN);
    }

    Fragmentation fragmentation() {
        return fragmentation;
    }

    /** Thousandths of GPUs that pods have or were promised. */
    long allocatedMilli() {
        return cluster.allocatedMilli();
    }
}
