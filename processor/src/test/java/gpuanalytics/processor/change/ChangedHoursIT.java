package gpuanalytics.processor.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedHoursIT {

    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Instant NOW = Instant.parse("2026-02-01T12:00:00Z");
    private static final long HOUR = NOW.minus(Duration.ofHours(3)).getEpochSecond();
    private static final EventTopic KIND = EventTopic.TOKEN_USAGE;

    private final SettableClock clock = new SettableClock(NOW);
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", clock), metrics);
    private final ChangedHours hours = processor();

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    @Test
    void anHourWaitsUntilSomebodyHasWorkedOnIt() throws Exception {
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of("topic_0", 7L))));
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of("topic_0", 5L, "topic_1", 2L))));

        var claimed = hours.claim(Purpose.AUDIT, NOW).orElseThrow();

        assertEquals(
                new ChangedHour(Purpose.AUDIT, KIND, HOUR, 2, Map.of("topic_0", 7L, "topic_1", 2L)),
                claimed);
        assertEquals(7, claimed.doneUpTo("topic_0"));
        assertEquals(-1, claimed.doneUpTo("topic_2"));
        assertTrue(hours.finish(claimed));
        assertTrue(hours.claim(Purpose.AUDIT, NOW).isEmpty());
    }

    @Test
    void anHourThatIsNotOverIsNotGivenOut() throws Exception {
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of())));

        assertTrue(hours.claim(Purpose.AUDIT, Instant.ofEpochSecond(HOUR + 3599)).isEmpty());
        assertTrue(hours.claim(Purpose.AUDIT, Instant.ofEpochSecond(HOUR + 3600)).isPresent());
    }

    @Test
    void aMarkDuringTheWorkIsNotTakenAwayByIt() throws Exception {
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of())));
        var claimed = hours.claim(Purpose.AUDIT, NOW).orElseThrow();
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of())));

        assertFalse(hours.finish(claimed));

        clock.advance(LEASE.plusSeconds(1));
        assertEquals(2, hours.claim(Purpose.AUDIT, NOW).orElseThrow().changes());
    }

    @Test
    void whatSomebodyHasClaimedIsLeftToHimForAsLongAsTheLease() throws Exception {
        hours.mark(List.of(new HourChange(KIND, HOUR, Map.of())));
        assertTrue(hours.claim(Purpose.AUDIT, NOW).isPresent());

        assertTrue(processor().claim(Purpose.AUDIT, NOW).isEmpty());

        clock.advance(LEASE.plusSeconds(1));
        assertTrue(processor().claim(Purpose.AUDIT, NOW).isPresent());
    }

    @Test
    void theLatestHourComesFirstAndNoneIsForgotten() throws Exception {
        var marks = new ArrayList<HourChange>();
        for (int i = 0; i < 200; i++) {
            marks.add(new HourChange(KIND, HOUR - i * 3600L, Map.of()));
        }
        hours.mark(marks);

        for (int i = 0; i < 200; i++) {
            var claimed = hours.claim(Purpose.AUDIT, NOW).orElseThrow();
            assertEquals(HOUR - i * 3600L, claimed.hour());
            assertTrue(hours.finish(claimed));
        }
        assertTrue(hours.claim(Purpose.AUDIT, NOW).isEmpty());
    }

    /**
     * Two processors apply rollups and mark hours, two work on hours; each may end between any two
     * of its steps. In the end every hour has been worked on after its last change.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyChangeIsWorkedOnWhateverEndsWhenever(int round) throws Exception {
        var first = System.nanoTime();
        for (int history = 0; history < 60; history++) {
            var seed = first + history;
            new History(seed, round).run();
        }
    }

    /** One random interleaving; what it applies and sees is kept beside the store. */
    private final class History {

        private final String told;
        private final Random random;
        private final long base;
        private final Map<Long, Integer> applied = new HashMap<>();
        private final Map<Long, Integer> seen = new HashMap<>();
        private final List<Applier> appliers = List.of(new Applier(), new Applier());
        private final List<Worker> workers = List.of(new Worker(), new Worker());

        History(long seed, int round) {
            told = "seed " + seed;
            random = new Random(seed);
            // Hours of its own, so that histories share the store.
            base = HOUR - Math.floorMod(seed * 31 + round, 1_000_000L) * 3600 * 8;
        }

        void run() throws InterruptedException {
            for (int step = 0; step < 60; step++) {
                if (random.nextInt(5) == 0) {
                    clock.advance(LEASE.dividedBy(2));
                }
                if (random.nextBoolean()) {
                    appliers.get(random.nextInt(2)).step();
                } else {
                    workers.get(random.nextInt(2)).step();
                }
            }
            for (var applier : appliers) {
                applier.finish(); // whoever was ended is started again in the end
            }
            drain();
            assertEquals(applied, seen, told);
        }

        private void drain() {
            workers.forEach(worker -> worker.claimed = null);
            clock.advance(LEASE.plusSeconds(1));
            for (int claims = 0; ; claims++) {
                assertTrue(claims < 100, told + ": hours are worked on for ever");
                var claimed = hours.claim(Purpose.AUDIT, NOW);
                if (claimed.isEmpty()) {
                    return;
                }
                see(claimed.get());
                assertTrue(hours.finish(claimed.get()), told);
            }
        }

        private void see(ChangedHour hour) {
            seen.put(hour.hour(), applied.getOrDefault(hour.hour(), 0));
        }

        private final class Applier {
            private @Nullable Long hour;
            private boolean counted;
            private final ChangedHours marks = processor();

            /** A step, or the end of the process: then the record is read again. */
            void step() throws InterruptedException {
                if (hour == null) {
                    hour = base + random.nextInt(3) * 3600L;
                    counted = false;
                } else if (!counted) {
                    applied.merge(hour, 1, Integer::sum); // the guard counts it once
                    counted = true;
                } else if (random.nextInt(3) > 0) { // else it ends between rollup and mark
                    marks.mark(List.of(new HourChange(KIND, hour, Map.of())));
                    if (random.nextInt(3) > 0) { // else it ends between mark and commit
                        hour = null;
                    }
                }
            }

            void finish() throws InterruptedException {
                while (hour != null) {
                    step();
                }
            }
        }

        private final class Worker {
            private @Nullable ChangedHour claimed;
            private boolean looked;
            private final ChangedHours marks = processor();

            void step() {
                if (claimed == null) {
                    claimed = marks.claim(Purpose.AUDIT, NOW).orElse(null);
                    looked = false;
                } else if (random.nextInt(5) == 0) {
                    claimed = null; // it ends; the lease runs out
                } else if (!looked) {
                    see(claimed);
                    looked = true;
                } else {
                    marks.finish(claimed);
                    claimed = null;
                }
            }
        }
    }

    private ChangedHours processor() {
        return new ChangedHours(store, retry, metrics, clock, LEASE);
    }
}
