package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.GpuModels;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.NodeSpec;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.TypicalPods;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Nodes and requests in numbers, the same for every run of a rehearsal. */
public final class Scenario {

    /** A picture of more is not looked at. */
    private static final int MAX_SHOWN_NODES = 400;

    /** More would take minutes and say nothing more. */
    private static final long MAX_ARRIVALS = 4_000_000;

    private final GpuModels models;
    private final List<NodeSpec> nodes;
    private final List<String> nodeNames;
    private final int shownNodes;
    private final List<Shape> shapes;
    private final List<RequestKind> kinds;
    private final int[] podKinds;
    private final TypicalPods typical;
    private final long gpuMilli;

    private Scenario(
            GpuModels models,
            List<NodeSpec> nodes,
            List<String> nodeNames,
            Map<Shape, Long> counts,
            List<TracePod> pods,
            double typicalPercent)
            throws BadInputException {
        this.models = models;
        this.nodes = nodes;
        this.nodeNames = nodeNames;
        shownNodes = shownNodes(nodes);
        typical = new TypicalPods(counts, typicalPercent);
        shapes =
                counts.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                        .map(Map.Entry::getKey)
                        .toList();
        var numbers = new LinkedHashMap<RequestKind, Integer>();
        podKinds = kinds(models, shapes, pods, numbers);
        kinds = List.copyOf(numbers.keySet());
        gpuMilli = nodes.stream().mapToLong(node -> (long) node.gpus() * Node.GPU_MILLI).sum();
    }

    /**
     * Numbers nodes and requests.
     *
     * @param typicalPercent how much of all requests the typical ones are
     * @param target until which percent of all GPUs requests will arrive
     * @throws BadInputException where no node has a GPU, no pod asks for one, there are too many
     *     models, or so little is asked for that the GPUs would never be full
     */
    public static Scenario of(
            List<TraceNode> traceNodes, List<TracePod> pods, double typicalPercent, int target)
            throws BadInputException {
        var models = new GpuModels();
        var nodes = new ArrayList<NodeSpec>();
        for (var node : traceNodes) {
            nodes.add(
                    new NodeSpec(
                            node.cpuMilli(),
                            node.memoryMib(),
                            node.gpus(),
                            models.number(node.model())));
        }
        var counts = new LinkedHashMap<Shape, Long>();
        for (var pod : pods) {
            counts.merge(shape(models, pod), 1L, Long::sum);
        }
        var names = traceNodes.stream().map(TraceNode::name).toList();
        var workload =
                new Scenario(models, List.copyOf(nodes), names, counts, pods, typicalPercent);
        workload.check(pods.size(), target);
        return workload;
    }

    private static int[] kinds(
            GpuModels models,
            List<Shape> shapes,
            List<TracePod> pods,
            Map<RequestKind, Integer> numbers)
            throws BadInputException {
        var shapeNumbers = new LinkedHashMap<Shape, Integer>();
        shapes.forEach(shape -> shapeNumbers.put(shape, shapeNumbers.size()));
        var podKinds = new int[pods.size()];
        for (int pod = 0; pod < podKinds.length; pod++) {
            var shape = shape(models, pods.get(pod));
            var kind = new RequestKind(pods.get(pod).team(), shapeNumbers.getOrDefault(shape, 0));
            podKinds[pod] = numbers.computeIfAbsent(kind, _ -> numbers.size());
        }
        return podKinds;
    }

    /** Models bind only those that run on a GPU. */
    private static Shape shape(GpuModels models, TracePod pod) throws BadInputException {
        long wanted = pod.gpus() == 0 ? GpuModels.ANY : models.set(pod.models());
        return new Shape(pod.cpuMilli(), pod.memoryMib(), pod.gpus(), pod.gpuMilli(), wanted);
    }

    private void check(int pods, int targetPercent) throws BadInputException {
        if (gpuMilli == 0) {
            throw new BadInputException(
                    "gpu is 0 in all of %d nodes, expected nodes with GPUs"
                            .formatted(nodes.size()));
        }
        long asked = askedMilli();
        if (asked == 0) {
            throw new BadInputException(
                    "num_gpu is 0 in all of %d pods, expected pods that ask for GPUs"
                            .formatted(pods));
        }
        double arrivals = arrivals(targetPercent);
        if (arrivals > MAX_ARRIVALS) {
            throw new BadInputException(
                    "pods ask for %.6f GPUs each, so that %d GPUs need %.0f of them, expected at most %d"
                            .formatted(
                                    asked / 1000.0 / pods,
                                    gpuMilli / Node.GPU_MILLI,
                                    arrivals,
                                    MAX_ARRIVALS));
        }
    }

    /** About how many requests arrive until they ask for so many percent of all GPUs. */
    public double arrivals(int targetPercent) {
        return gpuMilli / 100.0 * targetPercent * pods() / askedMilli();
    }

    /** The numbers of the nodes in an order of chance. */
    int[] nodeOrder(SplittableRandom random) {
        var order = IntStream.range(0, nodes.size()).toArray();
        shuffle(order, random);
        return order;
    }

    /** The nodes, empty, in an order. */
    Cluster cluster(int[] order) {
        return new Cluster(Arrays.stream(order).mapToObj(nodes::get).toList());
    }

    private static void shuffle(int[] numbers, SplittableRandom random) {
        for (int left = numbers.length; left > 1; left--) {
            int other = random.nextInt(left);
            int last = numbers[left - 1];
            numbers[left - 1] = numbers[other];
            numbers[other] = last;
        }
    }

    /**
     * The kinds of requests in their order of arrival: all pods shuffled, then pods drawn again,
     * until the next one would pass the target.
     */
    int[] arrivals(SplittableRandom random, int targetPercent) {
        var shuffled = podKinds.clone();
        shuffle(shuffled, random);
        long most = gpuMilli * targetPercent / 100;
        var arrivals = new int[shuffled.length * 2];
        int size = 0;
        long asked = 0;
        while (true) {
            int kind =
                    size < shuffled.length
                            ? shuffled[size]
                            : podKinds[random.nextInt(podKinds.length)];
            asked += shape(kind).gpuMilliInAll();
            if (asked > most) {
                return Arrays.copyOf(arrivals, size);
            }
            if (size == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * size);
            }
            arrivals[size++] = kind;
        }
    }

    public List<Shape> shapes() {
        return shapes;
    }

    /** The shape of a kind of request. */
    public Shape shape(int kind) {
        return shapes.get(kinds.get(kind).shape());
    }

    public List<RequestKind> kinds() {
        return kinds;
    }

    public GpuModels models() {
        return models;
    }

    public TypicalPods typical() {
        return typical;
    }

    public int nodes() {
        return nodes.size();
    }

    /** A node as it is when empty. */
    public NodeSpec node(int number) {
        return nodes.get(number);
    }

    /** The name of a node; empty where the file has none. */
    public String nodeName(int number) {
        return nodeNames.get(number);
    }

    /** Up to which node those that have GPUs are as many as are shown. */
    private static int shownNodes(List<NodeSpec> nodes) {
        int withGpus = 0;
        for (int number = 0; number < nodes.size(); number++) {
            withGpus += nodes.get(number).gpus() > 0 ? 1 : 0;
            if (withGpus == MAX_SHOWN_NODES) {
                return number + 1;
            }
        }
        return nodes.size();
    }

    /** Whether results tell how a node was filled. */
    boolean isShown(int number) {
        return number < shownNodes && nodes.get(number).gpus() > 0;
    }

    /** GPUs of a model on all nodes. */
    public int gpus(int model) {
        return nodes.stream().filter(node -> node.model() == model).mapToInt(NodeSpec::gpus).sum();
    }

    public int pods() {
        return podKinds.length;
    }

    /** Thousandths of all GPUs. */
    public long gpuMilli() {
        return gpuMilli;
    }

    /** Thousandths of GPUs that all pods ask for together. */
    public long askedMilli() {
        return Arrays.stream(podKinds).mapToLong(kind -> shape(kind).gpuMilliInAll()).sum();
    }
}
