package gpuanalytics.placement.forecast;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.model.Predictor;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Forecasts by the models that serve, as they were at the last {@link #renew}. Pods of one workload
 * that ask for the same are forecast once until the next; a scheduler asks about each two times or
 * more, and it waits: what it has asked about before is made ready before it is asked again.
 */
public final class ModelForecasts implements Forecasts {

    /** Of more those not asked about for longest are forgotten; for 1,200 nodes some 50 MB. */
    private static final int MAX_KEPT = 512;

    private static final int MAX_NODES = 20_000;

    private final Supplier<Predictor> predictor;
    private final Clock clock;
    private Moment moment;

    private record Kind(Workload workload, RequestFacts request) {}

    private static final class Kept extends LinkedHashMap<Kind, PodForecast> {

        private static final long serialVersionUID = 1L;

        Kept() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, PodForecast> eldest) {
            return size() > MAX_KEPT;
        }
    }

    /**
     * What was known at one time.
     *
     * @param seen nodes that were asked about, by name
     */
    private record Moment(
            Predictor predictor, Instant at, Map<String, PodForecast.Seen> seen, Kept kept) {

        static Moment of(Predictor predictor, Instant at) {
            return new Moment(predictor, at, new ConcurrentHashMap<>(), new Kept());
        }

        private PodForecast of(Kind kind) {
            return kept.computeIfAbsent(
                    kind,
                    _ ->
                            new PodForecast(
                                    predictor.models(),
                                    predictor.about(kind.workload, kind.request, at),
                                    kind.request,
                                    seen));
        }

        /** Nodes as they can be asked about, whatever is fragmented of them. */
        private List<Place> places() {
            return seen.entrySet().stream()
                    .map(node -> new Place(node.getKey(), node.getValue().gpuModel(), Double.NaN))
                    .toList();
        }
    }

    /**
     * Forecasts by what answers now.
     *
     * @param predictor what answers; another one after each look at what has happened
     */
    public ModelForecasts(Supplier<Predictor> predictor, Clock clock) {
        this.predictor = predictor;
        this.clock = clock;
        moment = Moment.of(predictor.get(), clock.instant());
    }

    /**
     * Takes over what answers now, and the hour: first asks ahead about the workloads and nodes
     * that were asked about since the last time, while what was known then still answers. It takes
     * milliseconds of each workload. Called by one thread.
     */
    public void renew() {
        var answers = predictor.get();
        var now = clock.instant();
        List<Kind> kinds;
        List<Place> places;
        synchronized (this) {
            if (answers == moment.predictor && hour(now).equals(hour(moment.at))) {
                return;
            }
            kinds = List.copyOf(moment.kept.keySet());
            // nodes that are gone stay among them, so that they are forgotten when they are many
            places = moment.seen.size() > MAX_NODES ? List.of() : moment.places();
        }
        var next = Moment.of(answers, now);
        if (!answers.models().isEmpty()) {
            kinds.forEach(kind -> next.of(kind).ahead(places));
        }
        synchronized (this) {
            moment = next;
        }
    }

    private static Instant hour(Instant at) {
        return at.truncatedTo(ChronoUnit.HOURS);
    }

    @Override
    public synchronized Optional<Forecast> of(PodState pod) {
        if (moment.predictor.models().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(moment.of(new Kind(KnownPods.workload(pod), KnownPods.request(pod))));
    }
}
