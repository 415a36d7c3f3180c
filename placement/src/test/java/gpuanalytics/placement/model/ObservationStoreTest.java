package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.placement.model.ObservationStore.Taken;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ObservationStoreTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private final SettableClock clock = new SettableClock(START.plus(Duration.ofHours(10)));
    private final ObservationStore store = new ObservationStore(3, clock);

    private static Observation hour(String pod, int number, double utilization) {
        var from = START.plus(Duration.ofHours(number));
        return new Observation(
                pod,
                new Workload("ml", "chat", null, null, null),
                RequestFacts.UNKNOWN,
                NodeFacts.UNKNOWN,
                from,
                from.plus(Duration.ofHours(1)),
                new Outcome(utilization, null, null, null, null, null),
                null);
    }

    @Test
    void aWindowIsRememberedOnceAndALaterWordReplacesTheEarlier() {
        assertEquals(Taken.NEW, store.add(hour("a", 0, 0.5)));
        assertEquals(Taken.REPEATED, store.add(hour("a", 0, 0.5)));
        assertEquals(Taken.REPLACED, store.add(hour("a", 0, 0.7)));

        assertEquals(1, store.all().size());
        assertEquals(0.7, store.all().getFirst().outcome().p95Utilization());
    }

    @Test
    void theOldestIsForgottenWhereThereAreTooManyAndThatIsCounted() {
        for (int number = 4; number > 0; number--) {
            store.add(hour("a", number, 0.5));
        }
        assertEquals(3, store.size());
        assertEquals(1, store.forgotten());
        assertEquals(START.plus(Duration.ofHours(2)), store.all().getFirst().from());
    }

    @Test
    void whatIsOlderThanTheDaysThatAreKeptIsGone() {
        store.add(hour("a", 0, 0.5));
        clock.set(START.plus(Duration.ofHours(1)).plus(ObservationStore.KEPT));

        assertEquals(0, store.all().size());
        assertEquals(Taken.TOO_OLD, store.add(hour("b", 0, 0.5)));
        assertEquals(0, store.forgotten());
    }

    @Test
    void anEndTellsTheWindowsBeforeItHowMuchLifeWasLeft() {
        store.add(hour("a", 1, 0.5));
        store.ended("a", START.plus(Duration.ofHours(3)));
        store.add(hour("a", 2, 0.5));
        store.add(hour("b", 2, 0.5));

        var seen = store.all();
        assertEquals(7200.0, Target.REMAINING_LIFETIME_S.of(seen.get(0)));
        assertEquals(3600.0, Target.REMAINING_LIFETIME_S.of(seen.get(1)));
        assertNull(Target.REMAINING_LIFETIME_S.of(seen.get(2)));
    }

    @Test
    void theFutureIsRefused() {
        var bad = assertThrows(IllegalArgumentException.class, () -> store.add(hour("a", 12, 0.5)));
        assertEquals(
                "to is 2026-03-01T13:00:00Z, expected not after now, 2026-03-01T10:00:00Z",
                bad.getMessage());
    }
}
