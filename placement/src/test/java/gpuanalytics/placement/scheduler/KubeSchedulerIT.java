package gpuanalytics.placement.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.Relay;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.extender.ExtenderEndpoints;
import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.extender.NodeHistory;
import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.watch.ClusterWatch;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.Routes;
import gpuanalytics.service.kubernetes.JsonItem;
import gpuanalytics.service.kubernetes.KubernetesApi;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real kube-scheduler 1.34 with the configuration that clusters get, a real API server, nodes of
 * openb that are made up, and the extender with the rights that clusters give it.
 */
@Timeout(1200)
class KubeSchedulerIT {

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Path COMPONENT = Path.of("../k8s/components/placement");
    private static final Path SCHEDULER =
            Path.of("../terraform/modules/user-data/files/scheduler.yaml");
    private static final int STEP = 6;
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final double POINTS = 0.5;
    private static final int REHEARSALS = 10;
    private static final int CREATORS = 4;

    @TempDir private Path folder;

    private final long seed = System.nanoTime();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ControlPlane plane;
    private ServerSocket clients;

    @BeforeEach
    void start() throws Exception {
        var missing =
                ControlPlane.isMissing()
                        .or(() -> Sample.isThere() ? Optional.empty() : Optional.of("no openb"));
        if (missing.isPresent()) {
            Lane.sayAbsent("a real kube-scheduler", missing.get());
            Assumptions.abort(missing.get());
        }
        System.out.println("seed " + seed);
        plane = ControlPlane.start(folder);
        open.add(plane);
        for (var object : Files.readString(COMPONENT.resolve("rights.yaml")).split("\n---\n", -1)) {
            var kind = object.contains("kind: ClusterRoleBinding") ? "bindings" : "s";
            plane.create("/apis/rbac.authorization.k8s.io/v1/clusterrole" + kind, object);
        }
        clients = Relay.listen();
        open.add(clients);
    }

    @AfterEach
    void stop() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }

    /** Starts the program's part, with all of openb taken for usual; returns its port. */
    private HttpListener serve(Sample sample) throws Exception {
        var config = ExtenderConfig.read(new EnvironmentReader(Map.of()));
        var access = plane.access();
        var extender =
                Extender.of(
                        config,
                        sample.usual(),
                        Forecasts.NONE,
                        NodeHistory.NONE,
                        new KubernetesApi(access));
        var watch = new ClusterWatch(access, extender.nodeListener(), extender.podListener());
        open.add(watch);
        watch.start();
        Waiting.until(() -> "nodes and pods: " + watch.problem(), LIMIT, () -> extender.isReady());
        var registry = new SimpleMeterRegistry();
        var metrics = new HttpMetrics(registry, "placement");
        var listener =
                HttpListener.start(
                        HttpSettings.read(new EnvironmentReader(Map.of("HTTP_PORT", "0")), 0),
                        Routes.of(ExtenderEndpoints.of(extender, config, registry, metrics)),
                        metrics);
        open.add(listener);
        return listener;
    }

    private Relay pass(HttpListener listener) {
        var relay = new Relay(clients, listener.port(), KubeSchedulerIT::join);
        open.add(relay);
        return relay;
    }

    private static void join(Socket client, Socket server) {
        Thread.startVirtualThread(() -> copy(client, server));
        Thread.startVirtualThread(() -> copy(server, client));
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ignored) {
            // one of both has gone
        }
    }

    private void scheduler() throws IOException {
        plane.schedule(
                Files.readString(SCHEDULER)
                        .replace("10.43.0.118:8082", "127.0.0.1:" + clients.getLocalPort())
                        // as many as the API gives, and all nodes, as rehearsed
                        .replace(
                                "clientConnection:",
                                "percentageOfNodesToScore: 100\nclientConnection:\n  qps: 2000\n"
                                        + "  burst: 2000"));
    }

    private void create(String path, List<String> objects) throws Exception {
        try (var threads = Executors.newFixedThreadPool(CREATORS)) {
            var running = new ArrayList<Future<?>>();
            for (var object : objects) {
                running.add(
                        threads.submit(
                                () -> {
                                    plane.create(path, object);
                                    return null;
                                }));
            }
            for (var each : running) {
                each.get();
            }
        }
    }

    private List<JsonItem> pods() throws Exception {
        return plane.list(PODS).items("items");
    }

    /** Whether the scheduler has decided about a pod once. */
    private static boolean isDecided(JsonItem pod) {
        return !pod.text("spec", "nodeName").isEmpty()
                || pod.items("status", "conditions").stream()
                        .anyMatch(each -> each.text("reason").equals("Unschedulable"));
    }

    @Test
    void reachesWhatTheRehearsalReachesAndGivesNoSlotTwice() throws Exception {
        var sample = Sample.every(STEP, seed);
        create("/api/v1/nodes", sample.nodes().stream().map(Sample::json).toList());
        var relay = pass(serve(sample));
        scheduler();

        // each when the one before is decided about: those of one second have no order otherwise
        for (var pod : sample.pods()) {
            plane.create(PODS, Sample.json(pod));
            Waiting.until(
                    () -> pod.name() + " to be decided about",
                    LIMIT,
                    () -> isDecided(plane.list(PODS + "/" + pod.name())));
        }

        var given = given();
        var doubled = given.entrySet().stream().filter(each -> each.getValue() > 1000).toList();
        assertEquals(List.of(), doubled);
        double reached =
                100.0
                        * given.values().stream().mapToLong(Integer::longValue).sum()
                        / sample.gpuMilli();
        var rehearsed = rehearsals(sample);
        System.out.printf(
                "%d nodes, %d pods: %.2f %% allocated by the scheduler, %.2f ± %.2f %% rehearsed;"
                        + " with pods without a GPU by the default scorers %.2f %%, all by them"
                        + " %.2f %%%n",
                sample.nodes().size(),
                sample.pods().size(),
                reached,
                rehearsed.mean(),
                rehearsed.deviation(),
                sample.rehearsed(Policy.FGD_BEST_FIT, Policy.DEFAULT, seed),
                sample.rehearsed(Policy.DEFAULT, Policy.DEFAULT, seed));
        assertEquals(
                rehearsed.mean(), reached, POINTS + rehearsed.deviation(), () -> "seed " + seed);
        relay.close();
    }

    private record Rehearsed(double mean, double deviation) {}

    /**
     * The same pods in the same order, as often as a rehearsal does it by default: where nodes are
     * equally good, chance decides, in the scheduler as in a rehearsal, and the spread says how
     * much that is for one run.
     */
    private Rehearsed rehearsals(Sample sample) throws BadInputException {
        var reached = new double[REHEARSALS];
        for (int i = 0; i < REHEARSALS; i++) {
            reached[i] = sample.rehearsed(Policy.FGD_BEST_FIT, Policy.FGD_BEST_FIT, seed + i);
        }
        double mean = Arrays.stream(reached).average().orElseThrow();
        double squares = Arrays.stream(reached).map(one -> (one - mean) * (one - mean)).sum();
        return new Rehearsed(mean, Math.sqrt(squares / (REHEARSALS - 1)));
    }

    /** Thousandths that were given of each GPU; every pod that asks for some has its GPUs named. */
    private Map<String, Integer> given() throws Exception {
        var given = new TreeMap<String, Integer>();
        for (var item : pods()) {
            var pod = PodState.of(item);
            if (pod.node().isEmpty() || pod.request().gpus() == 0) {
                continue;
            }
            assertEquals(pod.request().gpus(), Long.bitCount(pod.gpus()), pod::name);
            for (var gpu : PodState.index(pod.gpus()).split("-", -1)) {
                given.merge(pod.node() + "#" + gpu, pod.request().gpuMilli(), Integer::sum);
            }
        }
        return given;
    }

    @Test
    void whileItIsAwayWholeGpusAreGivenAsEverAndPartsWait() throws Exception {
        var sample = Sample.every(40, seed);
        create("/api/v1/nodes", sample.nodes().stream().map(Sample::json).toList());
        scheduler();

        create(
                PODS,
                List.of(
                        Sample.json("whole", "\"cpu\":\"1\",\"nvidia.com/gpu\":\"1\""),
                        Sample.json("part", "\"cpu\":\"1\",\"alibabacloud.com/gpu-milli\":\"300\""),
                        Sample.json("none", "\"cpu\":\"1\"")));
        // clients of the port wait there and hear nothing: slow, and not refused
        awaitBound("whole", "none");
        assertFalse(isBound("part"), "a part of a GPU was given by nobody");

        pass(serve(sample));
        awaitBound("part");
        var part = pods().stream().map(PodState::of).filter(pod -> pod.name().equals("part"));
        assertEquals(List.of(1), part.map(pod -> Long.bitCount(pod.gpus())).toList());
    }

    private boolean isBound(String name) throws Exception {
        return pods().stream()
                .filter(pod -> pod.text("metadata", "name").equals(name))
                .anyMatch(pod -> !pod.text("spec", "nodeName").isEmpty());
    }

    private void awaitBound(String... names) throws Exception {
        for (var name : names) {
            Waiting.until(name + " to be bound", LIMIT, () -> isBound(name));
        }
    }
}
