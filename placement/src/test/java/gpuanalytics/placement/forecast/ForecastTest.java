package gpuanalytics.placement.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.Target;
import gpuanalytics.placement.watch.PodMarks;
import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a cluster's watch and the models tell each other. */
class ForecastTest {

    private static final int WORKLOADS = 12;
    private static final int GPUS = 2;
    private static final double MEMORY_MIB = 20_000;

    private static final PodMarks MARKS = new PodMarks("search", "llama", "train:1");

    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final ObservationStore observations = new ObservationStore(100_000, clock);
    private final KnownPods pods = new KnownPods(observations, clock);

    private static PodState pod(String uid, String name, String phase) {
        var request = new PodRequest(4000, 0, GPUS, 1000, 0, "A10");
        return new PodState(
                uid, "ml", name, "Job/x", "node-1", phase, "", request, "", 0, List.of(), MARKS);
    }

    /**
     * An hour of each workload's pod: memory that follows the clock, half of the workloads by day
     * and half by night, which a forest can know and the last hours cannot.
     */
    private void hour(Random random) {
        var from = now;
        now = now.plus(Duration.ofHours(1));
        double wave = Math.sin(2 * Math.PI * (from.getEpochSecond() / 3600 % 24) / 24.0);
        for (int number = 0; number < WORKLOADS; number++) {
            var name = "train-%d-bcdfg".formatted(number);
            pods.changed(pod("uid-" + number, name, "Running"));
            var facts = pods.find("ml", name).orElseThrow();
            double share = 0.5 + (number % 2 == 0 ? 0.3 : -0.3) * wave;
            observations.add(
                    new Observation(
                            facts.uid(),
                            facts.workload(),
                            facts.request(),
                            NodeFacts.UNKNOWN,
                            from,
                            now,
                            new Outcome(
                                    null,
                                    MEMORY_MIB * (share + 0.01 * random.nextGaussian()),
                                    GPUS * 24_000.0,
                                    null,
                                    null,
                                    null),
                            null));
        }
    }

    @Test
    void aPodIsToldWhatThePodsOfItsWorkloadNeeded() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("[seed] forecasts " + seed);
        var random = new Random(seed);
        var settings = new ModelSettings(1, 30, 2, 0.9, 1000, 200, 50, 100_000, 200_000);
        var keeper = new ModelKeeper(observations, settings, clock);
        var forecasts = new ModelForecasts(keeper::predictor, clock);
        var next = pod("uid-next", "train-0-hjklm", "Pending");
        assertTrue(forecasts.of(next).isEmpty());

        for (int i = 0; i < 5 * 24 + 6; i++) {
            hour(random);
            keeper.tick();
        }
        assertTrue(forecasts.of(next).isEmpty());
        forecasts.renew();

        var forecast = forecasts.of(next).orElseThrow();
        var said = forecast.predictions(Place.ANYWHERE).get().getFirst();
        assertEquals(Target.PEAK_MEMORY_MIB, said.target());
        assertEquals(said.model(), forecast.model());
        // six in the morning: at its height, and half of it on each GPU
        assertEquals(
                (int) Math.ceil(said.high() / GPUS),
                forecast.peakGpuMemoryMib(Place.ANYWHERE).getAsInt());
        assertEquals(0.8 * MEMORY_MIB, said.value(), 0.15 * MEMORY_MIB);
        // nothing was ever said of energy
        assertTrue(forecast.joulesPerHour(new Place("node-1", "A10", 0)).isEmpty());
    }

    @Test
    void theEndOfAPodIsTheEndOfItsObservations() {
        hour(new Random(1));
        pods.changed(pod("uid-0", "train-0-bcdfg", "Succeeded"));
        pods.removed(pod("uid-1", "train-1-bcdfg", "Running"));
        // one of the same name has taken its place
        pods.changed(pod("uid-other", "train-2-bcdfg", "Running"));
        // and of the third nothing is heard while the watch was away
        pods.listed(
                observations.all().stream()
                        .map(Observation::pod)
                        .filter(uid -> !uid.equals("uid-3"))
                        .filter(uid -> pods.find("ml", nameOf(uid)).isPresent())
                        .map(
                                uid ->
                                        pod(
                                                uid.equals("uid-2") ? "uid-other" : uid,
                                                nameOf(uid),
                                                "Running"))
                        .toList(),
                0);

        for (var seen : observations.all()) {
            boolean hasEnded = List.of("uid-0", "uid-1", "uid-2", "uid-3").contains(seen.pod());
            assertEquals(hasEnded, seen.endedAt() != null, seen.pod());
        }
        assertFalse(pods.find("ml", "train-0-bcdfg").isPresent());
        assertEquals("uid-other", pods.find("ml", "train-2-bcdfg").orElseThrow().uid());
        assertFalse(pods.find("ml", "train-3-bcdfg").isPresent());
    }

    private static String nameOf(String uid) {
        return "train-%s-bcdfg".formatted(uid.substring("uid-".length()));
    }
}
