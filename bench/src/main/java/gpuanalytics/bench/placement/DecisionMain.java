package gpuanalytics.bench.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.extender.ExtenderEndpoints;
import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.extender.NodeHistory;
import gpuanalytics.placement.rehearse.PlanRequest;
import gpuanalytics.placement.rehearse.Rehearsal;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.Scenario;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodMarks;
import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.Routes;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import gpuanalytics.service.kubernetes.KubernetesApi;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Places the pods of a trace one after the other, first inside and then through HTTP with {@code
 * nodeCacheCapable}, and prints how long decisions took.
 */
public final class DecisionMain {

    private static final String HELP =
            """
            Prints how long decisions of the extender take, inside and through HTTP, without and
            with models, and how long a rehearsal of all policies takes.
              --nodes FILE  nodes in openb's columns (default: ../shared/data, 1,213 nodes)
              --pods FILE   pods in openb's columns (default: ../shared/data)
            """;

    private static final Path DATA = Path.of("../shared/data/alibaba-gpu-v2023");
    private static final int MAX_ROWS = 1_000_000;
    private static final long SEED = 42;
    private static final int GPU_MEMORY_MIB = 16_384;

    private final List<TraceNode> nodes;
    private final List<TracePod> pods;
    private final List<String> names;
    private final Histogram nanos = new Histogram(5);
    private Extender extender;
    private Optional<Models> models = Optional.empty();

    private DecisionMain(List<TraceNode> nodes, List<TracePod> pods) {
        this.nodes = nodes;
        this.pods = new ArrayList<>(pods);
        Collections.shuffle(this.pods, new Random(SEED));
        names = nodes.stream().map(TraceNode::name).toList();
        extender = opened();
    }

    public static void main(String[] arguments) throws Exception {
        var asked = List.of(arguments);
        if (asked.contains("--help")) {
            System.out.print(HELP);
            return;
        }
        var reader = new TraceReader(MAX_ROWS, MAX_ROWS);
        try {
            var nodes = reader.nodes(file(asked, "--nodes", "openb_node_list_gpu_node.csv"));
            var pods = reader.pods(file(asked, "--pods", "openb_pod_list_default.csv"));
            var bench = new DecisionMain(nodes.rows(), pods.rows());
            bench.inside("inside");
            bench.throughHttp();
            bench.models = Optional.of(Models.grown(nodes.rows(), pods.rows(), SEED));
            bench.inside("inside, with models that are asked about every node");
            rehearse(nodes.rows(), pods.rows());
        } catch (BadInputException e) {
            System.err.println(e.line());
            System.exit(2);
        }
    }

    private static Path file(List<String> asked, String option, String usual) {
        int place = asked.indexOf(option);
        return place < 0 || place + 1 == asked.size()
                ? DATA.resolve(usual)
                : Path.of(asked.get(place + 1));
    }

    /** The energy that a model predicts has a weight, so that every node is asked about it too. */
    private static ExtenderConfig config() {
        return ExtenderConfig.read(new EnvironmentReader(Map.of("PLACEMENT_WEIGHT_POWER", "1")));
    }

    private Extender opened() {
        var opened =
                Extender.of(
                        config(),
                        pods,
                        models.map(Models::forecasts).orElse(Forecasts.NONE),
                        NodeHistory.NONE,
                        new KubernetesApi(new KubernetesAccess(Optional.empty(), Path.of("/"))));
        opened.nodeListener()
                .listed(
                        nodes.stream()
                                .map(
                                        node ->
                                                new NodeState(
                                                        node.name(),
                                                        node.cpuMilli(),
                                                        node.memoryMib(),
                                                        node.gpus(),
                                                        node.model(),
                                                        GPU_MEMORY_MIB))
                                .toList(),
                        0);
        opened.podListener().listed(List.of(), 0);
        return opened;
    }

    /** Places all pods twice: the first time warms up, and what was forecast in it is renewed. */
    private void inside(String what) throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            renew();
            extender = opened();
            nanos.reset();
            int number = 0;
            for (var pod : pods) {
                var name = Models.name(pod, number++);
                var asked = state(pod, name, "");
                long began = System.nanoTime();
                var node = extender.best(asked, names);
                nanos.recordValue(System.nanoTime() - began);
                node.ifPresent(on -> extender.podListener().changed(state(pod, name, on)));
            }
        }
        print(what);
    }

    private void renew() throws InterruptedException {
        if (models.isPresent()) {
            long began = System.nanoTime();
            models.get().renew();
            System.out.printf(
                    "the models take in what is new, and are asked ahead: %.1f s%n",
                    (System.nanoTime() - began) / 1e9);
        }
    }

    /** The same with a scheduler's question about every node, as it is sent. */
    private void throughHttp() throws IOException, InterruptedException {
        for (int round = 0; round < 2; round++) {
            extender = opened();
            nanos.reset();
            askByHttp();
        }
        print("through HTTP (filter)");
    }

    private void askByHttp() throws IOException, InterruptedException {
        var registry = new SimpleMeterRegistry();
        var metrics = new HttpMetrics(registry, "placement");
        var listener =
                HttpListener.start(
                        HttpSettings.read(new EnvironmentReader(Map.of("HTTP_PORT", "0")), 0),
                        Routes.of(ExtenderEndpoints.of(extender, config(), registry, metrics)),
                        metrics);
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:%d/scheduler/filter".formatted(listener.port()));
            var list =
                    names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(","));
            for (var pod : pods) {
                var request =
                        HttpRequest.newBuilder(uri)
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(json(pod, list)))
                                .build();
                long began = System.nanoTime();
                var answer = client.send(request, BodyHandlers.ofByteArray());
                nanos.recordValue(System.nanoTime() - began);
                if (answer.statusCode() != 200) {
                    throw new IOException(new String(answer.body(), UTF_8));
                }
                extender.best(state(pod, pod.name(), ""), names)
                        .ifPresent(
                                node ->
                                        extender.podListener()
                                                .changed(state(pod, pod.name(), node)));
            }
        } finally {
            listener.close();
        }
    }

    /** One rehearsal as it is without an option: all policies, ten seeds. */
    private static void rehearse(List<TraceNode> nodes, List<TracePod> pods)
            throws BadInputException, InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        var request = new PlanRequest(RehearsalPlan.DEFAULT_SEEDS);
        var plan = request.plan("present", "policy");
        long began = System.nanoTime();
        var workload = Scenario.of(nodes, pods, request.typicalPercent(), plan.targetPercent());
        var result = Rehearsal.run(workload, plan, threads);
        System.out.printf(
                "a rehearsal of %d policies, %d seeds each, with %d threads: %.1f s%n",
                result.policies().size(), plan.seeds(), threads, (System.nanoTime() - began) / 1e9);
    }

    private void print(String what) {
        System.out.printf(
                "%s: %d decisions over %d nodes, p50 %.0f us, p99 %.0f us, p99.9 %.0f us, most"
                        + " %.0f us, %.1f %% of the GPUs allocated%n",
                what,
                nanos.getTotalCount(),
                names.size(),
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getValueAtPercentile(99.9) / 1e3,
                nanos.getMaxValue() / 1e3,
                extender.allocatedMilli() / 10.0 / nodes.stream().mapToInt(TraceNode::gpus).sum());
    }

    private static PodState state(TracePod pod, String name, String node) {
        return new PodState(
                "uid-" + pod.name(),
                "default",
                name,
                "Pod/" + name,
                node,
                node.isEmpty() ? "Pending" : "Running",
                "",
                new PodRequest(pod.cpuMilli(), pod.memoryMib(), pod.gpus(), pod.gpuMilli(), 0, ""),
                "",
                0,
                List.of(),
                PodMarks.NONE);
    }

    private static String json(TracePod pod, String list) {
        return """
        {"Pod":{"metadata":{"name":"%1$s","namespace":"default","uid":"uid-%1$s"},"spec":{"containers":[{"name":"c",
          "resources":{"requests":{"cpu":"%2$dm","memory":"%3$dMi","alibabacloud.com/gpu-count":"%4$d",
          "alibabacloud.com/gpu-milli":"%5$d"}}}]}},"Nodes":null,"NodeNames":[%6$s]}
        """
                .formatted(
                        pod.name(),
                        pod.cpuMilli(),
                        pod.memoryMib(),
                        pod.gpus(),
                        pod.gpuMilli(),
                        list);
    }
}
