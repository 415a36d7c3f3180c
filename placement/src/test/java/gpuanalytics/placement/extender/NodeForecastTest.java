package gpuanalytics.placement.extender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.extender.ExtenderConfig.Weights;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.forecast.KnownPods;
import gpuanalytics.placement.forecast.ModelForecasts;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.Target;
import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The models are asked about the node that is weighed, as they have learnt. */
class NodeForecastTest {

    private static final int WORKLOADS = 8;
    private static final List<String> NODES = List.of("hot", "cool");

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final ObservationStore observations = new ObservationStore(100_000, clock);
    private final KnownPods pods = new KnownPods(observations, clock);

    NodeForecastTest() {
        System.out.println("[seed] forecasts by node " + seed);
    }

    private static PodState pod(int workload, String random) {
        return Given.pod("train-%d-%s".formatted(workload, random), 1000);
    }

    /**
     * An hour of each workload's pod, on one node and the other in turn: one takes twice the energy
     * and memory that the other does, which a forest can know of the node, and no rule of thumb
     * can.
     */
    private void hour(ModelKeeper keeper) throws InterruptedException {
        var from = now;
        now = now.plus(Duration.ofHours(1));
        for (int number = 0; number < WORKLOADS; number++) {
            var pod = pod(number, "bcdfg");
            pods.changed(pod);
            var facts = pods.find("ml", pod.name()).orElseThrow();
            boolean isHot = (number + from.getEpochSecond() / 3600) % 2 == 0;
            double busy = 3600 * (0.8 + 0.02 * random.nextGaussian());
            observations.add(
                    new Observation(
                            facts.uid(),
                            facts.workload(),
                            facts.request().on("T4"),
                            new NodeFacts(isHot ? "hot" : "cool", null),
                            from,
                            now,
                            new Outcome(
                                    null,
                                    (isHot ? 9000.0 : 4500.0) + 50 * random.nextGaussian(),
                                    16_000.0,
                                    busy * (isHot ? 400 : 200),
                                    busy,
                                    null),
                            null));
        }
        keeper.tick();
    }

    @Test
    void twoNodesWithDifferentHistoriesGetDifferentPredictionsAndTheExplanationShowsThem()
            throws Exception {
        var settings = new ModelSettings(1, 30, 2, 0.9, 1000, 200, 50, 100_000, 200_000);
        var keeper = new ModelKeeper(observations, settings, clock);
        for (int hours = 0; hours < 5 * 24 + 6; hours++) {
            hour(keeper);
        }
        var forecasts = new ModelForecasts(keeper::predictor, clock);
        var given =
                new Given(
                        forecasts,
                        NodeHistory.NONE,
                        new Weights(0, 0.05, 0.05, 0, 0, 100),
                        (_, _, _, _, _) -> "",
                        Given.node("hot", 1),
                        Given.node("cool", 1));
        var next = Given.pod("train-3-hjklm", new PodRequest(1000, 1024, 1, 100, 0, ""));

        var best = given.extender.prioritize(next, NODES).bestName();
        var explained = explained(given, "ml/train-3-hjklm");
        assertEquals("cool", best);
        var byNode = new HashMap<String, JsonNode>();
        explained.path("best").forEach(each -> byNode.put(each.path("node").asText(), each));
        var hot = Objects.requireNonNull(byNode.get("hot"));
        var cool = Objects.requireNonNull(byNode.get("cool"));
        double joulesHot = value(hot, Target.JOULES_PER_HOUR);
        double joulesCool = value(cool, Target.JOULES_PER_HOUR);
        assertEquals(0.8 * 400 * 3600, joulesHot, 0.15 * joulesHot);
        assertEquals(0.8 * 200 * 3600, joulesCool, 0.15 * joulesCool);
        assertEquals(-100 * joulesHot / 3.6e6, hot.path("parts").path("power").asDouble(), 1e-6);
        assertEquals(9000, value(hot, Target.PEAK_MEMORY_MIB), 900);
        assertEquals(4500, value(cool, Target.PEAK_MEMORY_MIB), 900);
        // what it gets is that of the node that it goes to
        var forecast = explained.path("forecast");
        assertEquals("cool", forecast.path("node").asText());
        double taken = given.extender.allocatedMilli() * 16_000 / 1000.0;
        assertEquals(forecast.path("peak_gpu_memory_mib").asDouble(), taken, 16_000 / 20.0);
        for (var prediction : forecast.path("predictions")) {
            double power =
                    prediction.path("contributions").path("node_power_per_busy_second").asDouble();
            assertNotEquals(0, power, 1e-3);
            var target =
                    Target.valueOf(prediction.path("target").asText().toUpperCase(Locale.ROOT));
            assertEquals(prediction.path("value").asDouble(), value(cool, target), 1e-6);
        }
        assertEquals(2, forecast.path("predictions").size());
        whatIsAskedAheadIsWhatIsAskedAnew(keeper, forecasts, next);
    }

    private void whatIsAskedAheadIsWhatIsAskedAnew(
            ModelKeeper keeper, ModelForecasts forecasts, PodState next) throws Exception {
        var before = forecasts.of(next).orElseThrow();
        hour(keeper);
        assertSame(before, forecasts.of(next).orElseThrow());
        forecasts.renew();
        var ahead = forecasts.of(next).orElseThrow();
        assertNotSame(before, ahead);
        var anew = new ModelForecasts(keeper::predictor, clock).of(next).orElseThrow();
        var places = new ArrayList<Place>();
        for (double fragment = 0; fragment < 4; fragment += 0.3) {
            places.add(new Place("hot", "T4", fragment));
            places.add(new Place("cool", "T4", fragment));
            places.add(new Place("other", "A10", fragment));
        }
        var said = ahead.needs(places, true);
        for (int each = 0; each < said.size(); each++) {
            var place = places.get(each);
            double joules = anew.joulesPerHour(place).orElseThrow();
            assertEquals(joules, said.get(each).joulesPerHour(), 1e-6 * joules, "" + place);
            int peak = anew.peakGpuMemoryMib(place).orElseThrow();
            assertEquals(peak, said.get(each).peakGpuMemoryMib(), 1, "" + place);
        }
    }

    private static double value(JsonNode node, Target target) {
        var range = node.path("forecast").path(target.label());
        assertTrue(range.path("low").asDouble() <= range.path("value").asDouble());
        assertTrue(range.path("value").asDouble() <= range.path("high").asDouble());
        return range.path("value").asDouble();
    }

    private static JsonNode explained(Given given, String pod) throws Exception {
        var answer =
                new ExplainAnswers(given.extender)
                        .respond(
                                new Endpoint.Request(
                                        "application/json",
                                        Map.of(),
                                        Map.of(ExplainAnswers.POD, List.of(pod)),
                                        "application/json",
                                        Map.of(),
                                        new byte[0]));
        return new ObjectMapper().readTree(((Body.Bytes) answer.body()).bytes());
    }

    /** Predicts nothing, and remembers of which place it was asked last, by node. */
    private static final class Asked implements Forecasts, Forecasts.Forecast {

        private final Map<String, Place> places = new HashMap<>();

        @Override
        public Optional<Forecast> of(PodState pod) {
            return Optional.of(this);
        }

        @Override
        public String model() {
            return "none";
        }

        @Override
        public OptionalInt peakGpuMemoryMib(Place place) {
            places.put(place.node(), place);
            return OptionalInt.empty();
        }

        @Override
        public OptionalDouble joulesPerHour(Place place) {
            return OptionalDouble.empty();
        }
    }

    /**
     * Pods come and go; where one is, its node is to the models what it was when they were asked.
     */
    @Test
    void aNodeIsLearntFromAsItWasAskedAbout() throws InterruptedException {
        var asked = new Asked();
        var names = List.of("a", "b", "c");
        var given =
                new Given(
                        asked,
                        NodeHistory.NONE,
                        Weights.AS_REHEARSED,
                        (_, _, _, _, _) -> "",
                        Given.node("a", 4),
                        Given.node("b", 4),
                        Given.node("c", 2));
        var there = new ArrayList<PodState>();
        int learnt = 0;
        for (int number = 0; number < 300; number++) {
            var pod = Given.pod("p-" + number, 100 * (1 + random.nextInt(20)));
            var node = given.scheduled(pod, names);
            if (!names.contains(node)) {
                while (there.size() > 3) {
                    given.extender
                            .podListener()
                            .removed(there.remove(random.nextInt(there.size())));
                }
                continue;
            }
            var place = Objects.requireNonNull(asked.places.get(node));
            assertEquals(place.fragmentGpus(), given.extender.fragmentGpus(node, pod.uid()));
            var seen = Given.on(pod, node, 0);
            given.extender.podListener().changed(seen);
            assertEquals(place.fragmentGpus(), given.extender.fragmentGpus(node, pod.uid()));
            there.add(seen);
            learnt++;
        }
        assertTrue(learnt > 50, () -> "seed " + seed);
        assertTrue(Double.isNaN(given.extender.fragmentGpus("gone", "uid-p-0")));
    }
}
