package gpuanalytics.placement.forecast;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.model.NodeState;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.model.Predictor;
import gpuanalytics.placement.model.Subject;
import gpuanalytics.placement.model.Target;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Forecasts by the models that serve. */
public final class ModelForecasts implements Forecasts {

    private final Supplier<Predictor> predictor;
    private final Clock clock;

    /**
     * @param predictor what answers now; another one after each day's training
     */
    public ModelForecasts(Supplier<Predictor> predictor, Clock clock) {
        this.predictor = predictor;
        this.clock = clock;
    }

    @Override
    public Optional<Forecast> of(PodState pod) {
        var forecast = new PodForecast(pod, predictor.get(), clock.instant());
        return forecast.anywhere.isEmpty() ? Optional.empty() : Optional.of(forecast);
    }

    /** Asked about thousands of nodes, of few GPU models. For one thread. */
    private static final class PodForecast implements Forecast {

        private final PodState pod;
        private final Predictor predictor;
        private final Instant at;
        private final Map<Target, Prediction> anywhere;
        private final Map<String, OptionalDouble> joules = new HashMap<>();

        PodForecast(PodState pod, Predictor predictor, Instant at) {
            this.pod = pod;
            this.predictor = predictor;
            this.at = at;
            anywhere = predicted(null);
        }

        private Map<Target, Prediction> predicted(@Nullable String onModel) {
            return predictor.predict(
                    new Subject(
                            KnownPods.workload(pod),
                            KnownPods.request(pod, onModel),
                            NodeState.UNKNOWN,
                            at));
        }

        @Override
        public String model() {
            return anywhere.values().stream()
                    .map(Prediction::model)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
        }

        @Override
        public List<Prediction> predictions() {
            return List.copyOf(anywhere.values());
        }

        /** The prediction is of all its GPUs together. */
        @Override
        public OptionalInt peakGpuMemoryMib() {
            var memory = anywhere.get(Target.PEAK_MEMORY_MIB);
            return memory == null || pod.request().gpus() == 0
                    ? OptionalInt.empty()
                    : OptionalInt.of((int) Math.ceil(memory.high() / pod.request().gpus()));
        }

        @Override
        public OptionalDouble joulesPerHour(String gpuModel) {
            if (!anywhere.containsKey(Target.JOULES_PER_HOUR)) {
                return OptionalDouble.empty();
            }
            return joules.computeIfAbsent(gpuModel, this::joulesOn);
        }

        private OptionalDouble joulesOn(String gpuModel) {
            var energy = predicted(gpuModel).get(Target.JOULES_PER_HOUR);
            return energy == null ? OptionalDouble.empty() : OptionalDouble.of(energy.value());
        }
    }
}
