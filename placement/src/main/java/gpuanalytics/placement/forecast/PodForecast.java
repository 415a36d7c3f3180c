package gpuanalytics.placement.forecast;

import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Need;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.feature.NodeFeatures;
import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.PodPredictor;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.model.Range;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the models say of one pod, asked about thousands of nodes. Any thread may ask. */
final class PodForecast implements Forecast {

    private final List<String> models;
    private final PodPredictor predictor;
    private final RequestFacts request;
    private final double gpus;
    private final Map<String, Seen> seen;

    /**
     * A node that was asked about.
     *
     * @param gpuModel of its GPUs; empty where that is not known
     * @param watts of a busy GPU of it; empty where that is not known
     */
    record Seen(String gpuModel, Optional<Double> watts) {}

    /**
     * @param seen nodes by name, for all forecasts of the same moment
     */
    PodForecast(
            List<String> models,
            PodPredictor predictor,
            RequestFacts request,
            Map<String, Seen> seen) {
        this.models = models;
        this.predictor = predictor;
        this.request = request;
        gpus = request.gpus() == null ? 0 : request.gpus();
        this.seen = seen;
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

    private static NodeFacts node(Place place) {
        return new NodeFacts(known(place.node()), known(place.fragmentGpus()));
    }

    @Override
    public Supplier<List<Prediction>> predictions(Place place) {
        return predictor.predict(features(place));
    }

    private NodeFeatures features(Place place) {
        var gpuModel = place.gpuModel().isEmpty() ? request.gpuModel() : place.gpuModel();
        var known = seen.computeIfAbsent(place.node(), _ -> look(place, gpuModel));
        return new NodeFeatures(gpuModel, known.watts.orElse(null), known(place.fragmentGpus()));
    }

    private Seen look(Place place, @Nullable String gpuModel) {
        var watts = predictor.node(node(place), gpuModel).wattsPerBusyGpu();
        return new Seen(place.gpuModel(), Optional.ofNullable(watts));
    }

    @Override
    public OptionalInt peakGpuMemoryMib(Place place) {
        var memory =
                gpus == 0
                        ? Optional.<Range>empty()
                        : predictor.range(Target.PEAK_MEMORY_MIB, features(place));
        return memory.isEmpty() ? OptionalInt.empty() : OptionalInt.of(perGpu(memory.get().high()));
    }

    /** The prediction is of all its GPUs together. */
    private int perGpu(double memoryMib) {
        return gpus == 0 ? 0 : (int) Math.ceil(memoryMib / gpus);
    }

    @Override
    public List<Need> needs(List<Place> places, boolean withEnergy) {
        // of thousands of nodes most are alike: each kind of them is asked about once
        var kinds = new LinkedHashMap<NodeFeatures, Integer>();
        var kindOf = new int[places.size()];
        for (int place = 0; place < kindOf.length; place++) {
            var features = features(places.get(place));
            var known = kinds.putIfAbsent(features, kinds.size());
            kindOf[place] = known == null ? kinds.size() - 1 : known;
        }
        var said = needsOf(List.copyOf(kinds.keySet()), withEnergy);
        return Arrays.stream(kindOf).mapToObj(said::get).toList();
    }

    private List<Need> needsOf(List<NodeFeatures> nodes, boolean withEnergy) {
        var nothing = new double[nodes.size()];
        var memory =
                gpus == 0
                        ? nothing
                        : predictor.reckoned(Target.PEAK_MEMORY_MIB, nodes).orElse(nothing);
        var energy =
                withEnergy
                        ? predictor.reckoned(Target.JOULES_PER_HOUR, nodes).orElse(nothing)
                        : nothing;
        var needs = new ArrayList<Need>(nothing.length);
        for (int node = 0; node < nothing.length; node++) {
            needs.add(new Need(perGpu(memory[node]), energy[node]));
        }
        return needs;
    }

    /** Asks ahead about nodes like these. */
    void ahead(List<Place> places) {
        var nodes = places.stream().map(this::features).distinct().toList();
        if (gpus > 0) {
            predictor.ahead(Target.PEAK_MEMORY_MIB, nodes);
        }
        predictor.ahead(Target.JOULES_PER_HOUR, nodes);
    }

    @Override
    public OptionalDouble joulesPerHour(Place place) {
        var energy = predictor.range(Target.JOULES_PER_HOUR, features(place));
        return energy.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(energy.get().value());
    }
}
