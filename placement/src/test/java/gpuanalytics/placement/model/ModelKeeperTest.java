package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The gate, both ways: who is good serves, who is made worse stops by itself and says so. */
class ModelKeeperTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final int WORKLOADS = 12;
    private static final ModelSettings SETTINGS =
            new ModelSettings(1, 30, 2, 0.9, 1000, 200, 50, 100_000, 200_000);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SettableClock clock = new SettableClock(START);
    private final ObservationStore store = new ObservationStore(100_000, clock);

    ModelKeeperTest() {
        System.out.println("[seed] models " + seed);
    }

    /**
     * Hours of a fleet that follows the clock: some GPU models are busy by day, others by night. A
     * median of the last ten hours cannot know that, a forest can. The models are told of each
     * hour.
     *
     * @param isStill whether all are busy by half instead, day and night: then the median is right
     */
    private void live(ModelKeeper keeper, int hours, boolean isStill) throws Exception {
        for (int hour = 0; hour < hours; hour++) {
            var from = clock.instant();
            clock.set(from.plus(Duration.ofHours(1)));
            for (int number = 0; number < WORKLOADS; number++) {
                store.add(observation(number, from, isStill));
            }
            keeper.tick();
        }
    }

    private Observation observation(int number, Instant from, boolean isStill) {
        boolean isByDay = number % 2 == 0;
        double wave = Math.sin(2 * Math.PI * (from.getEpochSecond() / 3600 % 24) / 24.0);
        double utilization =
                isStill
                        ? 0.5
                        : 0.5 + (isByDay ? 0.35 : -0.35) * wave + 0.03 * random.nextGaussian();
        return new Observation(
                "pod-" + number,
                new Workload("ml", "w-" + number, "team", null, null),
                request(number),
                new NodeFacts("node-" + number % 3, null),
                from,
                from.plus(Duration.ofHours(1)),
                new Outcome(Math.clamp(utilization, 0, 1), null, null, null, null, null),
                null);
    }

    private static RequestFacts request(int number) {
        return new RequestFacts(4000.0, null, 1000.0, 1.0, number % 2 == 0 ? "A10" : "T4");
    }

    private static ModelState utilization(ModelKeeper keeper) {
        return keeper.state(Target.P95_UTILIZATION);
    }

    private Map<Target, Prediction> predict(ModelKeeper keeper, int number) {
        return keeper.predictor()
                .predict(
                        new Subject(
                                new Workload("ml", "w-" + number, "team", null, null),
                                request(number),
                                NodeFacts.UNKNOWN,
                                clock.instant()));
    }

    @Test
    void aModelServesOnlyOnceItHasBeatenTheRulesOfThumbOnADay() throws Exception {
        var keeper = new ModelKeeper(store, SETTINGS, clock);
        assertEquals("nothing was trained yet", utilization(keeper).why());

        // a day to judge by and less than 200 outcomes before it
        live(keeper, 24, false);
        assertFalse(utilization(keeper).serves());
        assertEquals(Map.of(), predict(keeper, 0));

        live(keeper, 4 * 24, false);
        var state = utilization(keeper);
        assertTrue(state.serves(), state::why);
        var judged = Objects.requireNonNull(state.judged());
        assertTrue(judged.error() < judged.naiveError());
        assertTrue(state.why().contains("mean error"), state::why);
        // nothing was ever said of energy or ends
        assertFalse(keeper.state(Target.JOULES_PER_HOUR).serves());
    }

    @Test
    void aPredictionSaysWhatMakesItUp() throws Exception {
        var keeper = new ModelKeeper(store, SETTINGS, clock);
        live(keeper, 5 * 24 + 6, false);

        for (int number = 0; number < WORKLOADS; number++) {
            var said = Objects.requireNonNull(predict(keeper, number).get(Target.P95_UTILIZATION));
            double sum = said.base();
            for (double part : said.contributions().values()) {
                sum += part;
            }
            assertEquals(said.value(), sum, 1e-9);
            assertTrue(said.low() <= said.value() && said.value() <= said.high());
            assertTrue(said.low() >= 0 && said.high() <= 1);
            assertTrue(said.confidence() > 0 && said.confidence() <= 1, said::toString);
            // six in the morning: what is busy by day is at its height
            assertEquals(number % 2 == 0 ? 0.85 : 0.15, said.value(), 0.15);
        }
    }

    @Test
    void aModelThatHasBecomeWorseStopsByItselfSaysSoAndOneThatIsGoodAgainServes() throws Exception {
        var keeper = new ModelKeeper(store, SETTINGS, clock);
        live(keeper, 5 * 24, false);
        assertTrue(utilization(keeper).serves());
        var servedSince = utilization(keeper).since();

        // within the day, before any new model is grown
        live(keeper, 20, true);
        var stopped = utilization(keeper);
        assertFalse(stopped.serves(), stopped::why);
        assertTrue(stopped.why().startsWith("stopped: mean error"), stopped::why);
        assertTrue(stopped.since().isAfter(servedSince));
        assertEquals(Map.of(), predict(keeper, 0));

        live(keeper, 4 + 4 * 24, false);
        assertTrue(utilization(keeper).serves(), utilization(keeper)::why);
    }

    @Test
    void aChallengerMadeWorseOnPurposeDoesNotTakeOver() throws Exception {
        var isBad = new boolean[1];
        var keeper =
                new ModelKeeper(
                        store,
                        SETTINGS,
                        clock,
                        (target, cases, settings, from, to, now) -> {
                            var used = isBad[0] ? shuffled(cases) : cases;
                            return TargetModel.grow(target, used, settings, from, to, now);
                        });
        live(keeper, 5 * 24, false);
        var champion = Objects.requireNonNull(utilization(keeper).model()).id();

        isBad[0] = true;
        live(keeper, 24, false);

        var state = utilization(keeper);
        assertTrue(state.serves());
        assertEquals(champion, Objects.requireNonNull(state.model()).id());
        assertTrue(state.why().startsWith("champion stays"), state::why);
    }

    @Test
    void aFirstModelMadeWorseOnPurposeNeverServes() throws Exception {
        var keeper =
                new ModelKeeper(
                        store,
                        SETTINGS,
                        clock,
                        (target, cases, settings, from, to, now) ->
                                TargetModel.grow(target, shuffled(cases), settings, from, to, now));
        live(keeper, 6 * 24, false);

        var state = utilization(keeper);
        assertFalse(state.serves());
        assertTrue(state.why().startsWith("does not serve: mean error"), state::why);
    }

    /** Every question with the outcome of another. */
    private List<Case> shuffled(List<Case> cases) {
        var outcomes = new ArrayList<>(cases.stream().map(Case::outcome).toList());
        Collections.shuffle(outcomes, random);
        var shuffled = new ArrayList<Case>();
        for (int row = 0; row < cases.size(); row++) {
            var each = cases.get(row);
            shuffled.add(new Case(each.question(), outcomes.get(row), each.knownAt()));
        }
        return shuffled;
    }
}
