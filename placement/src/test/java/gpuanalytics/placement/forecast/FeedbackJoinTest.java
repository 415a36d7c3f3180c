package gpuanalytics.placement.forecast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.extender.NodeHistory;
import gpuanalytics.placement.feature.Feature;
import gpuanalytics.placement.feature.Features;
import gpuanalytics.placement.http.TestRequests;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.Subject;
import gpuanalytics.placement.model.answer.ModelAnswers;
import gpuanalytics.placement.watch.ClusterWatch;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.kubernetes.JsonItem;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import gpuanalytics.service.kubernetes.KubernetesApi;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A pod is scheduled, the watch tells of it, and what happened to it is told: all of one workload.
 */
class FeedbackJoinTest {

    private static final String POD = "chat-7d4b9c6f5d-x2x4z";

    private final Clock clock = Clock.fixed(Instant.parse("2026-03-02T00:00:00Z"), ZoneOffset.UTC);
    private final ModelSettings settings = ModelSettings.defaults();
    private final ObservationStore store = new ObservationStore(100, clock);
    private final ModelKeeper keeper = new ModelKeeper(store, settings, clock);
    private final Extender extender =
            Extender.of(
                    ExtenderConfig.read(new EnvironmentReader(Map.of())),
                    List.of(),
                    new ModelForecasts(keeper::predictor, clock),
                    NodeHistory.NONE,
                    new KubernetesApi(new KubernetesAccess(Optional.empty(), Path.of("/"))));
    private final ResourceWatch.Listener<PodState> watch =
            ClusterWatch.toAll(List.of(extender.podListener(), new KnownPods(store, clock)));
    private final Endpoint feedback =
            new ModelAnswers(keeper, store, settings)
                    .endpoints(Intake.OPEN).stream()
                            .filter(each -> each.path().equals("/placement/feedback"))
                            .findFirst()
                            .orElseThrow();

    FeedbackJoinTest() {
        extender.nodeListener()
                .listed(List.of(new NodeState("gpu-1", 96_000, 400_000, 2, "T4", 16_000)), 0);
        watch.listed(List.of(), 0);
    }

    /** As the API writes it. */
    private static PodState pod(String uid, String name, String node, String phase)
            throws IOException {
        var json =
                """
                {"metadata":{"uid":"%s","namespace":"ml","name":"%s","labels":{"team":"search"}},
                 "spec":{"nodeName":"%s","containers":[{"name":"c","image":"vllm:2",
                  "resources":{"requests":{"nvidia.com/gpu":"1"}}}]},"status":{"phase":"%s"}}
                """
                        .formatted(uid, name, node, phase);
        return PodState.of(JsonItem.parse(json.getBytes(UTF_8)));
    }

    private String told(String pod, String workload, int hour, double utilization)
            throws Exception {
        var body =
                """
                {"observations": [{"pod": "%s", "namespace": "ml", "workload": "%s",
                 "team": "Search", "model": "llama-3", "image": "vllm", "p95_utilization": %s,
                 "from": "2026-03-01T%02d:00:00Z", "to": "2026-03-01T%02d:00:00Z"}]}
                """
                        .formatted(pod, workload, utilization, hour, hour + 1);
        var answer = feedback.responder().respond(TestRequests.json(body));
        return new String(((Body.Bytes) answer.body()).bytes(), UTF_8);
    }

    /** What the scheduler's question about a pod of the same Deployment is answered with. */
    private Features askedNext() throws Exception {
        keeper.tick();
        var next = pod("uid-2", "chat-7d4b9c6f5d-b4b4b", "", "Pending");
        return keeper.predictor()
                .features(
                        new Subject(
                                KnownPods.workload(next),
                                KnownPods.request(next),
                                gpuanalytics.placement.model.NodeFacts.UNKNOWN,
                                clock.instant()));
    }

    @Test
    void whatIsToldOfAScheduledPodIsOfTheWorkloadThatTheSchedulerAsksAbout() throws Exception {
        assertEquals(
                Optional.of("gpu-1"),
                extender.best(pod("uid-1", POD, "", "Pending"), List.of("gpu-1")));
        watch.changed(pod("uid-1", POD, "gpu-1", "Running"));

        // who tells knows the Deployment, and calls team and image otherwise than the cluster does
        assertTrue(told("uid-1", "Deployment/chat", 10, 0.25).contains("\"new\":1"));
        assertEquals(0.25, askedNext().get(Feature.LAST_UTILIZATION));

        // by its name it is the same pod, and the same window is replaced
        assertTrue(told("ml/" + POD, POD, 10, 0.5).contains("\"replaced\":1"));
        assertEquals(0.5, askedNext().get(Feature.LAST_UTILIZATION));
        assertEquals(1, store.size());

        // its end is an event of its own, and what comes later is still its
        watch.changed(pod("uid-1", POD, "gpu-1", "Succeeded"));
        assertTrue(told("uid-1", "chat", 11, 0.75).contains("\"new\":1"));
        assertEquals(0.75, askedNext().get(Feature.LAST_UTILIZATION));
        for (var seen : store.all()) {
            assertEquals(clock.instant(), seen.endedAt());
        }
    }

    @Test
    void ofAPodThatWasNeverSeenNothingThatIsKnownOfBothMayDiffer() throws Exception {
        told("uid-9", "Deployment/chat", 10, 0.25);
        assertEquals(null, askedNext().get(Feature.LAST_UTILIZATION));

        var body =
                """
                {"observations": [{"pod": "uid-9", "namespace": "ml", "workload": "Deployment/chat",
                 "team": "search", "model": "llama-3", "p95_utilization": 0.5,
                 "from": "2026-03-01T10:00:00Z", "to": "2026-03-01T11:00:00Z"}]}
                """;
        feedback.responder().respond(TestRequests.json(body));
        assertEquals(0.5, askedNext().get(Feature.LAST_UTILIZATION));
    }
}
