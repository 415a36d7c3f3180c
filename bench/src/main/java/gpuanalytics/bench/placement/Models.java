package gpuanalytics.bench.placement;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.forecast.ModelForecasts;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * Models that serve, grown on a week that is made up: memory and energy hang on the node, its power
 * and what is fragmented of it, as nothing but a forest can know.
 */
final class Models {

    private static final int HOURS = 60;
    private static final int PODS_PER_HOUR = 300;
    private static final int WORKLOADS_PER_REQUEST = 3;
    private static final double HOUR_S = 3600;

    private final ModelKeeper keeper;
    private final ModelForecasts forecasts;

    private Models(ModelKeeper keeper, Clock clock) {
        this.keeper = keeper;
        forecasts = new ModelForecasts(keeper::predictor, clock);
    }

    /** What they say of pods. */
    Forecasts forecasts() {
        return forecasts;
    }

    /** What the program does every few minutes, beside what it is asked. */
    void renew() throws InterruptedException {
        keeper.tick();
        forecasts.renew();
    }

    /** A name for a pod: those that ask for the same are of three workloads. */
    static String name(TracePod pod, int number) {
        int request =
                List.of(pod.cpuMilli(), pod.memoryMib(), pod.gpus(), pod.gpuMilli()).hashCode();
        return "train%x-%d".formatted(request, number % WORKLOADS_PER_REQUEST)
                + "-%d".formatted(number);
    }

    static Models grown(List<TraceNode> nodes, List<TracePod> pods, long seed)
            throws InterruptedException {
        var random = new Random(seed);
        var clock = Clock.systemUTC();
        var store = new ObservationStore(HOURS * PODS_PER_HOUR, clock);
        var began = clock.instant().minus(Duration.ofHours(HOURS));
        for (int number = 0; number < HOURS * PODS_PER_HOUR; number++) {
            var pod = pods.get(random.nextInt(pods.size()));
            if (pod.gpus() > 0) {
                var from = began.plus(Duration.ofHours(number / PODS_PER_HOUR));
                store.add(observation(pod, nodes, number, from, random));
            }
        }
        var keeper = new ModelKeeper(store, ModelSettings.defaults(), clock);
        keeper.tick();
        var serving = keeper.predictor().models();
        if (serving.size() < 2) {
            throw new IllegalStateException(
                    "%s serve, expected models of memory and energy".formatted(serving));
        }
        System.out.println("models that serve: " + String.join(", ", serving));
        return new Models(keeper, clock);
    }

    private static Observation observation(
            TracePod pod, List<TraceNode> nodes, int number, Instant from, Random random) {
        int place = random.nextInt(nodes.size());
        var node = nodes.get(place);
        double watts = 100 + place % 50 * 6;
        double fragment = random.nextInt(30) / 10.0;
        double busy = HOUR_S * pod.gpus() * (0.5 + 0.02 * random.nextGaussian());
        double peak = pod.gpus() * (2000 + 10 * watts + 500 * fragment);
        var name = name(pod, number);
        return new Observation(
                "seen-" + number,
                new Workload("default", name.substring(0, name.lastIndexOf('-')), null, null, null),
                new RequestFacts(
                        (double) pod.cpuMilli(),
                        (double) pod.memoryMib(),
                        (double) pod.gpuMilli(),
                        (double) pod.gpus(),
                        node.model()),
                new NodeFacts(node.name(), fragment),
                from,
                from.plus(Duration.ofHours(1)),
                new Outcome(null, peak, null, watts * busy, busy, null),
                null);
    }
}
