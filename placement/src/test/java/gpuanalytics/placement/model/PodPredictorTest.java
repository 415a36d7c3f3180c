package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.placement.feature.NodeFeatures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said of a pod on thousands of nodes at once is what is said of it on each. */
class PodPredictorTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final List<String> MODELS = List.of("T4", "A10", "NVIDIA H100");

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private <T> @Nullable T orAbsent(T value) {
        return random.nextInt(5) == 0 ? null : value;
    }

    private NodeFacts node() {
        return new NodeFacts("n-" + random.nextInt(40), orAbsent(random.nextInt(30) / 10.0));
    }

    private Observation observation(int number) {
        var node = node();
        double watts = 100 + 7 * Integer.parseInt(Objects.requireNonNull(node.name()).substring(2));
        double fragment = Objects.requireNonNullElse(node.fragmentGpus(), 1.0);
        var from = START.plus(Duration.ofMinutes(5L * number));
        return new Observation(
                "p-" + number,
                new Workload("ml", "w-" + random.nextInt(6), null, null, null),
                new RequestFacts(
                        1000.0, null, 1000.0, 1.0, orAbsent(MODELS.get(random.nextInt(3)))),
                node,
                from,
                from.plus(Duration.ofHours(1)),
                new Outcome(
                        null, 1000 * (1 + fragment) + watts, 16_000.0, watts * 1800, 1800.0, null),
                null);
    }

    /** Asked about many nodes at once, some of them twice and some known already. */
    private void together(Predictor predictor, Instant at) {
        var workload = new Workload("ml", "w-2", null, null, null);
        var request = new RequestFacts(1000.0, null, 1000.0, 1.0, "A10");
        var pod = predictor.about(workload, request, at);
        for (int times = 0; times < 20; times++) {
            var nodes = new ArrayList<NodeFeatures>();
            for (int each = random.nextInt(200); each >= 0; each--) {
                nodes.add(pod.node(node(), orAbsent(MODELS.get(random.nextInt(3)))));
            }
            if (random.nextInt(4) == 0) {
                var like = nodes.subList(0, random.nextInt(nodes.size()) + 1);
                pod.ahead(Target.PEAK_MEMORY_MIB, like);
                pod.ahead(Target.JOULES_PER_HOUR, like);
            }
            var memory = pod.reckoned(Target.PEAK_MEMORY_MIB, nodes).orElseThrow();
            var energy = pod.reckoned(Target.JOULES_PER_HOUR, nodes).orElseThrow();
            var alone = predictor.about(workload, request, at);
            for (int each = 0; each < nodes.size(); each++) {
                double high =
                        alone.range(Target.PEAK_MEMORY_MIB, nodes.get(each)).orElseThrow().high();
                assertEquals(high, memory[each], 1e-6 * high, "seed " + seed);
                double joules =
                        alone.range(Target.JOULES_PER_HOUR, nodes.get(each)).orElseThrow().value();
                assertEquals(joules, energy[each], 1e-6 * Math.abs(joules), "seed " + seed);
            }
        }
    }

    @Test
    void aRangeIsThePredictionWithoutWhatMakesItUp() throws Exception {
        System.out.println("[seed] ranges " + seed);
        var clock = new SettableClock(START.plus(Duration.ofDays(7)));
        var store = new ObservationStore(10_000, clock);
        for (int number = 0; number < 2000; number++) {
            store.add(observation(number));
        }
        var settings = new ModelSettings(1, 40, 2, 0.9, 1000, 200, 50, 100_000, 10_000);
        var keeper = new ModelKeeper(store, settings, clock);
        keeper.tick();
        var predictor = keeper.predictor();
        assertTrue(predictor.models().size() >= 2, () -> keeper.states().toString());

        var said = new HashSet<Range>();
        var at = clock.instant();
        var workload = new Workload("ml", "w-1", null, null, null);
        var request = new RequestFacts(1000.0, null, 1000.0, 1.0, "T4");
        var pod = predictor.about(workload, request, at);
        for (int times = 0; times < 500; times++) {
            var node = node();
            var gpuModel = orAbsent(MODELS.get(random.nextInt(3)));
            var there = pod.node(node, gpuModel);
            var whole =
                    List.copyOf(
                            predictor
                                    .predict(new Subject(workload, request.on(gpuModel), node, at))
                                    .values());
            assertEquals(whole, pod.predict(there).get());
            for (var prediction : whole) {
                var range = pod.range(prediction.target(), there).orElseThrow();
                double near = 1e-9 * Math.abs(prediction.value());
                assertEquals(prediction.value(), range.value(), near);
                assertEquals(prediction.low(), range.low(), 2 * near);
                assertEquals(prediction.high(), range.high(), 2 * near);
                said.add(range);
            }
        }
        assertTrue(said.size() > 20, () -> "nodes are told apart: " + said.size());
        together(predictor, clock.instant());
        // one of which nothing is known is none whose numbers are zero
        var zero = pod.node(new NodeFacts("n-0", 0.0), "T4");
        var unknown = pod.node(NodeFacts.UNKNOWN, "T4");
        assertEquals(null, unknown.wattsPerBusyGpu());
        assertEquals(null, unknown.fragmentGpus());
        assertTrue(
                !pod.range(Target.PEAK_MEMORY_MIB, zero)
                        .equals(pod.range(Target.PEAK_MEMORY_MIB, unknown)));
    }
}
