package gpuanalytics.placement.scheduler;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.GpuModels;
import gpuanalytics.placement.cluster.NodeSpec;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.fragment.TypicalPods;
import gpuanalytics.placement.policy.Placer;
import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.policy.Ties;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Every so manyth node and pod of openb, as in {@code ../shared/data}.
 *
 * @param usual all pods of the trace
 */
record Sample(List<TraceNode> nodes, List<TracePod> pods, List<TracePod> usual) {

    private static final Path DATA = Path.of("../../shared/data/alibaba-gpu-v2023");
    private static final double TYPICAL_PERCENT = 95;

    static boolean isThere() {
        return Files.isReadable(DATA.resolve("openb_node_list_gpu_node.csv"));
    }

    static Sample every(int step, long seed) throws BadInputException {
        var reader = new TraceReader(100_000, 1_000_000);
        var nodes = reader.nodes(DATA.resolve("openb_node_list_gpu_node.csv")).rows();
        var usual = reader.pods(DATA.resolve("openb_pod_list_default.csv")).rows();
        var pods = new ArrayList<>(every(step, usual));
        Collections.shuffle(pods, new Random(seed));
        return new Sample(every(step, nodes), pods, usual);
    }

    private static <T> List<T> every(int step, List<T> all) {
        return IntStream.range(0, all.size())
                .filter(place -> place % step == 0)
                .mapToObj(all::get)
                .toList();
    }

    long gpuMilli() {
        return nodes.stream().mapToLong(node -> node.gpus() * 1000L).sum();
    }

    /**
     * Percent of the GPUs that are allocated when all pods have come in this order.
     *
     * @param policy places pods with GPUs
     * @param others places pods without
     */
    double rehearsed(Policy policy, Policy others, long seed) throws BadInputException {
        var models = new GpuModels();
        var specs = new ArrayList<NodeSpec>();
        for (var node : nodes) {
            specs.add(
                    new NodeSpec(
                            node.cpuMilli(),
                            node.memoryMib(),
                            node.gpus(),
                            models.number(node.model())));
        }
        var counts = new LinkedHashMap<Shape, Long>();
        for (var pod : usual) {
            counts.merge(shape(pod), 1L, Long::sum);
        }
        var shapes =
                counts.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                        .map(Map.Entry::getKey)
                        .toList();
        var cluster = new Cluster(specs);
        var fragmentation = new Fragmentation(cluster, new TypicalPods(counts, TYPICAL_PERCENT));
        var search = new Search(Ties.RANDOM, Search.ALL_NODES);
        var random = new SplittableRandom(seed);
        var withGpus = new Placer(policy, cluster, fragmentation, shapes, search, random);
        var without = new Placer(others, cluster, fragmentation, shapes, search, random);
        for (var pod : pods) {
            int shape = shapes.indexOf(shape(pod));
            var placer = pod.gpus() > 0 ? withGpus : without;
            int number = placer.node(shape);
            if (number != Placer.NONE) {
                var node = cluster.node(number);
                cluster.place(node, shapes.get(shape), placer.gpu(shape, node));
                fragmentation.update(node);
            }
        }
        return 100.0 * cluster.allocatedMilli() / gpuMilli();
    }

    private static Shape shape(TracePod pod) {
        return new Shape(
                pod.cpuMilli(), pod.memoryMib(), pod.gpus(), pod.gpuMilli(), GpuModels.ANY);
    }

    static String json(TraceNode node) {
        var resources =
                """
                {"cpu":"%dm","memory":"%dMi","pods":"1000","nvidia.com/gpu":"%d"}\
                """
                        .formatted(node.cpuMilli(), node.memoryMib(), node.gpus());
        return """
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{"alibabacloud.com/gpu-card-model":"%s"}},
         "status":{"capacity":%s,"allocatable":%s,"conditions":[{"type":"Ready","status":"True"}]}}
        """
                .formatted(node.name(), node.model(), resources, resources);
    }

    /** A pod whose GPUs are asked for in thousandths, be they whole. */
    static String json(TracePod pod) {
        var gpus =
                pod.gpus() == 0
                        ? ""
                        : ",\"alibabacloud.com/gpu-milli\":\"%d\",\"alibabacloud.com/gpu-count\":\"%d\""
                                .formatted(pod.gpuMilli(), pod.gpus());
        return json(
                pod.name(),
                "\"cpu\":\"%dm\",\"memory\":\"%dMi\"%s"
                        .formatted(pod.cpuMilli(), pod.memoryMib(), gpus));
    }

    static String json(String name, String resources) {
        return """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"default"},
         "spec":{"containers":[{"name":"c","image":"none","resources":{"requests":{%s},"limits":{%s}}}]}}
        """
                .formatted(name, resources, resources);
    }
}
