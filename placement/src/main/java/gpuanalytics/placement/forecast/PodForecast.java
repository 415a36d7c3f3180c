package gpuanalytics.placement.forecast;

import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.feature.NodeFeatures;
import gpuanalytics.placement.model.NodeState;
import gpuanalytics.placement.model.PodPredictor;
import gpuanalytics.placement.model.PodRequest;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.model.Range;
import gpuanalytics.placement.model.Target;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the models say of one pod, asked about thousands of nodes. Not for several threads. */
final class PodForecast implements Forecast {

    private final List<String> models;
    private final PodPredictor predictor;
    private final PodRequest request;
    private final double gpus;
    private final Map<String, Optional<Double>> watts;

    /**
     * @param watts of nodes by name, for all forecasts of the same moment
     */
    PodForecast(
            List<String> models,
            PodPredictor predictor,
            PodRequest request,
            Map<String, Optional<Double>> watts) {
        this.models = models;
        this.predictor = predictor;
        this.request = request;
        gpus = request.gpus() == null ? 0 : request.gpus();
        this.watts = watts;
    }

    @Override
    public String model() {
        return String.join(", ", models);
    }

    private static @Nullable String known(String name) {
        return name.isEmpty() ? null : name;
    }

    private static @Nullable Double known(double number) {
        return Double.isNaN(number) ? null : number;
    }

    private static NodeState node(Place place) {
        return new NodeState(known(place.node()), known(place.fragmentGpus()));
    }

    @Override
    public List<Prediction> predictions(Place place) {
        return List.copyOf(predictor.predict(node(place), known(place.gpuModel())).values());
    }

    private NodeFeatures features(Place place) {
        var gpuModel = place.gpuModel().isEmpty() ? request.gpuModel() : place.gpuModel();
        var known =
                watts.computeIfAbsent(
                        place.node(),
                        _ ->
                                Optional.ofNullable(
                                        predictor.node(node(place), gpuModel).wattsPerBusyGpu()));
        return new NodeFeatures(gpuModel, known.orElse(null), known(place.fragmentGpus()));
    }

    @Override
    public Map<Target, Range> ranges(Place place) {
        var node = features(place);
        var ranges = new EnumMap<Target, Range>(Target.class);
        for (var target : List.of(Target.PEAK_MEMORY_MIB, Target.JOULES_PER_HOUR)) {
            predictor.range(target, node).ifPresent(range -> ranges.put(target, range));
        }
        return ranges;
    }

    /** The prediction is of all its GPUs together. */
    @Override
    public OptionalInt peakGpuMemoryMib(Place place) {
        var memory =
                gpus == 0
                        ? Optional.<Range>empty()
                        : predictor.range(Target.PEAK_MEMORY_MIB, features(place));
        return memory.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.ceil(memory.get().high() / gpus));
    }

    @Override
    public OptionalDouble joulesPerHour(Place place) {
        var energy = predictor.range(Target.JOULES_PER_HOUR, features(place));
        return energy.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(energy.get().value());
    }
}
