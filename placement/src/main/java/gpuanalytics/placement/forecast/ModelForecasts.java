package gpuanalytics.placement.forecast;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.model.PodRequest;
import gpuanalytics.placement.model.Predictor;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Forecasts by the models that serve. Pods of one workload that ask for the same are forecast once
 * until the models have looked at what has happened again, some minutes later at most; a scheduler
 * asks about each two times or more.
 */
public final class ModelForecasts implements Forecasts {

    /** Of more the earlier ones are forgotten, and made again when they are asked about. */
    private static final int MAX_KEPT = 200;

    private final Supplier<Predictor> predictor;
    private final Clock clock;
    private Moment moment;

    private record Kind(Workload workload, PodRequest request) {}

    /**
     * What was known at one time.
     *
     * @param watts of nodes by name; empty where that is not known
     */
    record Moment(
            Predictor predictor,
            Instant at,
            Map<String, Optional<Double>> watts,
            Map<Kind, PodForecast> kept) {

        static Moment of(Predictor predictor, Instant at) {
            return new Moment(predictor, at, new ConcurrentHashMap<>(), new HashMap<>());
        }

        private PodForecast of(Kind kind) {
            if (kept.size() >= MAX_KEPT) {
                kept.clear();
            }
            return kept.computeIfAbsent(
                    kind,
                    _ ->
                            new PodForecast(
                                    predictor.models(),
                                    predictor.about(kind.workload, kind.request, at),
                                    kind.request,
                                    watts));
        }
    }

    /**
     * @param predictor what answers now; another one after each look at what has happened
     */
    public ModelForecasts(Supplier<Predictor> predictor, Clock clock) {
        this.predictor = predictor;
        this.clock = clock;
        moment = Moment.of(predictor.get(), Instant.EPOCH);
    }

    @Override
    public synchronized Optional<Forecast> of(PodState pod) {
        var answers = predictor.get();
        if (answers.models().isEmpty()) {
            return Optional.empty();
        }
        var hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        if (answers != moment.predictor || moment.at.isBefore(hour)) {
            moment = Moment.of(answers, clock.instant());
        }
        return Optional.of(moment.of(new Kind(KnownPods.workload(pod), KnownPods.request(pod))));
    }
}
