package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.placement.feature.Feature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Workload WORKLOAD = new Workload("ml", "chat", "search", "llama", "vllm");

    private static Observation hour(int number, double utilization, Outcome rest) {
        return seen(WORKLOAD, number, utilization, rest, null);
    }

    private static Observation seen(
            Workload workload,
            int number,
            double utilization,
            Outcome rest,
            @Nullable Instant endedAt) {
        var from = START.plus(Duration.ofHours(number));
        return new Observation(
                workload.name() + number,
                workload,
                RequestFacts.UNKNOWN,
                new NodeFacts("n-1", null),
                from,
                from.plus(Duration.ofHours(1)),
                new Outcome(
                        utilization,
                        rest.peakMemoryMib(),
                        rest.gpuMemoryMib(),
                        rest.energyJ(),
                        rest.busyGpuSeconds(),
                        rest.failures()),
                endedAt);
    }

    private static Outcome nothingElse() {
        return new Outcome(null, null, null, null, null, null);
    }

    private static Subject at(Workload workload, int hour) {
        return new Subject(
                workload,
                RequestFacts.UNKNOWN,
                new NodeFacts("n-1", null),
                START.plus(Duration.ofHours(hour)));
    }

    @Test
    void onlyWhatHadEndedByTheMomentIsKnown() {
        var seen = new ArrayList<Observation>();
        for (int number = 0; number < 30; number++) {
            seen.add(hour(number, number / 100.0, nothingElse()));
        }
        var history = new History(seen);

        // at 12:00 the hours 2 to 11 are the last ten
        var known = history.features(at(WORKLOAD, 12)).numbers();
        assertEquals(0.11, known.get(Feature.LAST_UTILIZATION));
        assertEquals(0.065, known.get(Feature.MEDIAN_UTILIZATION));
        assertEquals(0.0302765, known.getOrDefault(Feature.UTILIZATION_DEVIATION, 0.0), 1e-6);
        assertEquals(
                Map.of(NaiveRule.MAX_OF_LAST_HOUR, 0.11, NaiveRule.MEDIAN_OF_LAST_TEN, 0.065),
                history.naive(Target.P95_UTILIZATION, at(WORKLOAD, 12)));
    }

    @Test
    void ofAnUnknownWorkloadNothingIsKnownButTheHour() {
        var other = new Workload("ml", "chat", "search", "mixtral", "vllm");
        var history = new History(List.of(hour(0, 0.5, nothingElse())));

        assertEquals(
                EnumSet.of(Feature.HOUR_OF_DAY), history.features(at(other, 5)).numbers().keySet());
        assertEquals(Map.of(), history.naive(Target.P95_UTILIZATION, at(other, 5)));
    }

    @Test
    void ratesAndMemoryComeFromWindowsThatHaveThem() {
        var measured = new Outcome(null, 30_000.0, 40_000.0, 720_000.0, 1800.0, 2.0);
        var history = new History(List.of(hour(0, 0.5, measured), hour(1, 0.5, nothingElse())));
        var features = history.features(at(WORKLOAD, 3));

        assertEquals(0.75, features.get(Feature.PEAK_MEMORY_RATIO));
        // twice in the one hour that was counted
        assertEquals(48.0, features.get(Feature.FAILURE_RATE));
        assertEquals(400.0, features.get(Feature.NODE_POWER_PER_BUSY_SECOND));
        assertNull(features.get(Feature.NODE_FRAGMENT));
        assertNull(history.features(at(WORKLOAD, 8 * 24)).get(Feature.FAILURE_RATE), "too old");
    }

    @Test
    void aLifeIsKnownWhenItHasEnded() {
        var end = START.plus(Duration.ofHours(5));
        var history = new History(List.of(seen(WORKLOAD, 0, 0.5, nothingElse(), end)));

        assertEquals(Map.of(), history.naive(Target.REMAINING_LIFETIME_S, at(WORKLOAD, 4)));
        assertEquals(
                18_000.0,
                history.naive(Target.REMAINING_LIFETIME_S, at(WORKLOAD, 5))
                        .get(NaiveRule.MEDIAN_OF_LAST_TEN));
    }

    @Test
    void whatOneDoesNotKnowOfAWorkloadKeepsNothingApart() {
        var watched = new Workload("ml", "chat", null, null, "vllm");
        var other = new Workload("ml", "chat", "search", "llama", "vllm:2");
        var elsewhere = new Workload("web", "chat", "search", "llama", "vllm");
        var history =
                new History(
                        List.of(
                                seen(other, 0, 0.1, nothingElse(), null),
                                seen(WORKLOAD, 1, 0.2, nothingElse(), null),
                                seen(watched, 2, 0.4, nothingElse(), null),
                                seen(elsewhere, 3, 0.8, nothingElse(), null)));

        for (var asked : List.of(WORKLOAD, watched)) {
            assertEquals(
                    (0.2 + 0.4) / 2,
                    history.features(at(asked, 9)).get(Feature.MEDIAN_UTILIZATION));
        }
        var unknown = new Workload("ml", "chat", null, null, null);
        assertEquals(0.4, history.features(at(unknown, 9)).get(Feature.LAST_UTILIZATION));
        assertEquals(0.2, history.features(at(unknown, 9)).get(Feature.MEDIAN_UTILIZATION));
        assertEquals(0.2, history.features(at(unknown, 2)).get(Feature.LAST_UTILIZATION));
    }
}
