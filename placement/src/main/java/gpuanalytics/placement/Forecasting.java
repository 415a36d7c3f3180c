package gpuanalytics.placement;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.forecast.KnownPods;
import gpuanalytics.placement.forecast.ModelForecasts;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.answer.ModelAnswers;
import gpuanalytics.placement.model.source.ProcessorApi;
import gpuanalytics.placement.model.source.ProcessorObserver;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.service.lifecycle.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models with what they learn from: the processor's samples, and what is told of outcomes. */
final class Forecasting implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Forecasting.class);

    private static final Duration TICK = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofHours(1);
    private static final int MAX_OBSERVED_PODS = 5000;

    private final ObservationStore observations;
    private final ModelKeeper keeper;
    private final ModelAnswers answers;
    private final ModelForecasts forecasts;
    private final KnownPods pods;
    private final Periodic ticks;
    private final Optional<Periodic> looks;
    private volatile ProcessorObserver.Fragments fragments = ProcessorObserver.Fragments.NONE;

    private Forecasting(
            ModelSettings settings,
            Optional<ProcessorApi> processor,
            MeterRegistry registry,
            Clock clock) {
        observations = new ObservationStore(settings.maxObservations(), clock);
        keeper = new ModelKeeper(observations, settings, clock);
        answers = new ModelAnswers(keeper, observations, settings);
        forecasts = new ModelForecasts(keeper::predictor, clock);
        pods = new KnownPods(observations, clock);
        ticks = new Periodic("models", TICK, this::tick);
        looks =
                processor.map(
                        api -> {
                            var observer =
                                    new ProcessorObserver(
                                            api,
                                            pods,
                                            (node, uid) -> fragments.gpus(node, uid),
                                            MAX_OBSERVED_PODS,
                                            registry,
                                            clock);
                            return new Periodic("model-outcomes", LOOK, () -> look(observer));
                        });
    }

    /**
     * Starts.
     *
     * @param processor whose samples are looked at every hour; without one only what is told counts
     */
    static Forecasting start(
            ModelSettings settings,
            Optional<ProcessorApi> processor,
            MeterRegistry registry,
            Clock clock) {
        return new Forecasting(settings, processor, registry, clock);
    }

    private void tick() throws InterruptedException {
        keeper.tick();
        forecasts.renew();
    }

    private void look(ProcessorObserver observer) throws InterruptedException {
        try {
            observer.look().forEach(observations::add);
        } catch (BadInputException e) {
            LOG.atWarn().addKeyValue("why", e.line()).log("outcomes of this hour are not known");
        }
    }

    ModelAnswers answers() {
        return answers;
    }

    Forecasts forecasts() {
        return forecasts;
    }

    /** Nodes are known from now on: models learn with what they are asked with. */
    void learnWith(ProcessorObserver.Fragments known) {
        fragments = known;
    }

    /** Hears of pods, where there is a watch. */
    KnownPods pods() {
        return pods;
    }

    @Override
    public void close() {
        looks.ifPresent(Periodic::close);
        ticks.close();
    }
}
