package gpuanalytics.placement.podevents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import gpuanalytics.placement.extender.NodeHistory.Stability;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.http.Resource;
import gpuanalytics.service.kubernetes.JsonItem;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PodEventsTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final PodHistory history = new PodHistory(Duration.ofDays(7), CLOCK);
    private final List<PodEvent> written = new ArrayList<>();
    private final PodObserver observer = new PodObserver(history, CLOCK);

    @BeforeEach
    void begin() {
        observer.begin(written::add);
    }

    static PodState pod(String uid, String phase, int restarts, String finishedAt)
            throws IOException {
        return PodState.of(
                JsonItem.parse(
                        """
                        {"metadata":{"uid":"%s","namespace":"ml","name":"p-%s",
                          "ownerReferences":[{"kind":"Job","name":"train-%s"}]},
                         "spec":{"nodeName":"gpu-1","containers":[]},
                         "status":{"phase":"%s","containerStatuses":[{"name":"main","restartCount":%d,
                          "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled",
                          "finishedAt":"%s"}}}]}}
                        """
                                .formatted(uid, uid, uid, phase, restarts, finishedAt)
                                .getBytes(UTF_8)));
    }

    private List<String> ids() {
        return written.stream().map(PodEvent::id).toList();
    }

    @Test
    void whatIsSeenAgainIsNoEventAgain() throws IOException {
        observer.changed(pod("a", "Running", 0, ""));
        observer.changed(pod("a", "Running", 0, ""));
        observer.changed(pod("a", "Running", 2, "2026-11-28T11:59:00Z"));
        observer.listed(List.of(pod("a", "Running", 2, "2026-11-28T11:59:00Z")), 0);
        observer.changed(pod("a", "Failed", 2, "2026-11-28T11:59:00Z"));

        assertEquals(
                List.of("a/phase/Running", "a/restart/main/2", "a/phase/Failed", "a/failure"),
                ids());
        assertEquals(Instant.parse("2026-11-28T11:59:00Z"), written.get(1).at());
    }

    @Test
    void podsThatWentWhileNobodyWatchedAreGone() throws IOException {
        observer.listed(List.of(pod("a", "Running", 0, ""), pod("b", "Running", 0, "")), 0);
        observer.listed(List.of(pod("b", "Running", 0, "")), 0);

        assertEquals(List.of("a/phase/Running", "b/phase/Running", "a/deleted"), ids());
    }

    @Test
    void whatIsShownBeforeTheHistoryIsKnownWaits() throws IOException {
        var early = new PodObserver(history, CLOCK);
        early.listed(List.of(pod("a", "Running", 0, ""), pod("b", "Running", 0, "")), 0);
        early.changed(pod("c", "Pending", 0, ""));
        early.removed(pod("b", "Running", 0, ""));
        assertEquals(List.of(), ids());

        early.begin(written::add);

        assertEquals(List.of("a/phase/Running", "c/phase/Pending"), ids());
    }

    @Test
    void aNodesFailuresAreWorkloadsAndNotRestarts() throws IOException {
        for (int restarts = 1; restarts < 9; restarts++) {
            observer.changed(pod("loop", "Running", restarts, "2026-11-28T11:59:00Z"));
        }
        observer.changed(pod("other", "Failed", 1, "2026-11-27T12:00:00Z"));

        assertEquals(new Stability(2, 2), history.of("gpu-1"));
        assertEquals(new Stability(0, 0), history.of("gpu-2"));
    }

    @Test
    void whatHadFailedBeforeItWasListedIsAsOldAsItSays() throws IOException {
        observer.listed(
                List.of(
                        pod("now", "Failed", 0, "2026-11-28T11:30:00Z"),
                        pod("yesterday", "Failed", 0, "2026-11-27T11:30:00Z"),
                        pod("of-a-month-ago", "Failed", 0, "2026-10-28T11:30:00Z"),
                        pod("once", "Failed", 0, "")),
                0);

        assertEquals(new Stability(1, 2), history.of("gpu-1"));
    }

    @Test
    void whatIsOlderThanAWeekDoesNotCount() throws IOException {
        observer.changed(pod("old", "Running", 1, "2026-11-20T12:00:00Z"));

        assertEquals(List.of("old/phase/Running"), ids());
        assertEquals(new Stability(0, 0), history.of("gpu-1"));
    }

    @Test
    void eventsAreWrittenAsTheSchemaSaysAndReadAgain() throws IOException {
        observer.removed(pod("a", "Failed", 3, "2026-11-28T11:59:00Z"));
        var schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(
                                new String(
                                        Resource.read("placement/pod.events.v1.schema.json"),
                                        UTF_8),
                                InputFormat.JSON);

        assertEquals(4, written.size());
        for (var event : written) {
            var text = new String(event.json(), UTF_8);
            assertEquals(List.of(), schema.validate(text, InputFormat.JSON), text);
            assertEquals(Optional.of(event), PodEvent.parse(event.json()));
        }
        assertFalse(schema.validate("{\"kind\":\"phase\"}", InputFormat.JSON).isEmpty());
    }

    @Test
    void whatIsNoEventIsPassedOver() {
        for (var bad :
                List.of("", "[]", "{}", "{\"event_id\":\"a\",\"ts\":\"x\",\"kind\":\"phase\"}")) {
            assertTrue(PodEvent.parse(bad.getBytes(UTF_8)).isEmpty(), bad);
        }
    }
}
