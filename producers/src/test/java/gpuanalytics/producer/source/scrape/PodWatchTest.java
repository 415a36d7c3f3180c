package gpuanalytics.producer.source.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.producer.source.scrape.ScrapeOptions.Pods;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods as targets, from an API server that speaks the real JSON. */
@Timeout(120)
class PodWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir private Path credentials;

    private FakeCluster cluster;
    private PodWatch watch;

    @BeforeEach
    void open() throws Exception {
        cluster = new FakeCluster();
        Files.writeString(credentials.resolve("token"), "secret\n");
        watch =
                new PodWatch(
                        new Pods(
                                new KubernetesAccess(Optional.of(cluster.url()), credentials),
                                "app=exporter,tier in (a,b)",
                                Optional.of("ml"),
                                Target.parse("http://pod:9400")));
    }

    @AfterEach
    void close() {
        watch.close();
        cluster.close();
    }

    private void started(String... pods) throws Exception {
        cluster.list(pods);
        watch.start();
        Waiting.until("the first list", LIMIT, () -> watch.problem().isEmpty());
        Waiting.until("a watch", LIMIT, () -> watches() == 1);
    }

    private long watches() {
        return cluster.requests.stream().filter(request -> request.contains("watch=true")).count();
    }

    private void awaitTargets(String... expected) throws Exception {
        Waiting.until(
                "targets " + List.of(expected),
                LIMIT,
                () ->
                        watch.targets().stream()
                                .map(t -> t.uri().toString())
                                .toList()
                                .equals(List.of(expected)));
    }

    private static String running(String name, String address) {
        return FakeCluster.pod(name, "Running", address, false);
    }

    @Test
    void runningPodsOfAllPagesAreTargetsWithTheirNames() throws Exception {
        started(
                running("a", "10.0.0.1"),
                FakeCluster.pod("b", "Pending", "", false),
                FakeCluster.pod("c", "Running", "10.0.0.3", true),
                running("d", "fd00::4"));

        awaitTargets("http://10.0.0.1:9400/metrics", "http://[fd00::4]:9400/metrics");
        var target = watch.targets().iterator().next();
        assertEquals(Optional.of(new Target.Pod("ml", "a", "node-a")), target.pod());
        assertEquals("ml/a (http://10.0.0.1:9400/metrics)", target.toString());
    }

    @Test
    void onlyPodsAreAskedForWithTheTokenOfTheAccount() throws Exception {
        started(running("a", "10.0.0.1"));

        assertEquals(
                List.of(
                        "GET /api/v1/namespaces/ml/pods?labelSelector=app=exporter,tier in (a,b)"
                                + "&limit=500 Bearer secret",
                        "GET /api/v1/namespaces/ml/pods?labelSelector=app=exporter,tier in (a,b)"
                                + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=240"
                                + "&resourceVersion=42 Bearer secret"),
                cluster.requests);
    }

    @Test
    void theWatchFollowsWhatBecomesOfPods() throws Exception {
        started(running("a", "10.0.0.1"));

        cluster.tell("ADDED", running("b", "10.0.0.2"));
        awaitTargets("http://10.0.0.1:9400/metrics", "http://10.0.0.2:9400/metrics");
        cluster.tell("MODIFIED", FakeCluster.pod("a", "Running", "10.0.0.1", true));
        awaitTargets("http://10.0.0.2:9400/metrics");
        cluster.tell("DELETED", running("b", "10.0.0.2"));
        awaitTargets();
    }

    @Test
    void aWatchThatEndsGoesOnFromItsLastVersion() throws Exception {
        started(running("a", "10.0.0.1"));
        cluster.tell("BOOKMARK", "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"99\"}}");
        cluster.endWatch();

        Waiting.until(
                "a watch from the bookmark",
                LIMIT,
                () -> cluster.requests.stream().anyMatch(r -> r.contains("resourceVersion=99")));
        assertEquals(1, watch.targets().size());
        assertEquals(Optional.empty(), watch.problem());
    }

    @Test
    void aVersionThatIsForgottenIsListedAnew() throws Exception {
        started(running("a", "10.0.0.1"));
        cluster.list(running("n", "10.0.0.9"));

        cluster.tell("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}");

        awaitTargets("http://10.0.0.9:9400/metrics");
    }

    @Test
    void whileTheApiIsAwayThePodsStayAndItIsNamed() throws Exception {
        started(running("a", "10.0.0.1"));
        cluster.status = 403;
        cluster.endWatch();

        Waiting.until("a problem", LIMIT, () -> watch.problem().isPresent());
        assertEquals(Optional.of("the pods are not known: the API answers 403"), watch.problem());
        awaitTargets("http://10.0.0.1:9400/metrics");

        cluster.status = 200;
        Waiting.until("the API again", LIMIT, () -> watch.problem().isEmpty());
        cluster.tell("ADDED", running("b", "10.0.0.2"));
        awaitTargets("http://10.0.0.1:9400/metrics", "http://10.0.0.2:9400/metrics");
    }
}
