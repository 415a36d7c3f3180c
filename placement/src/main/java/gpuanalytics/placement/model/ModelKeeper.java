package gpuanalytics.placement.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a model per target: grows new ones every day, judges the one that serves all the time, and
 * stops it when it has become worse than a rule of thumb. {@link #tick} is called by one thread
 * every few minutes; what it publishes may be read by any.
 */
public final class ModelKeeper {

    private static final Duration FIRST_TRIES = Duration.ofHours(1);

    private final ObservationStore store;
    private final Clock clock;
    private final Map<Target, Throne> thrones = new EnumMap<>(Target.class);
    private @Nullable Instant renewedAt;
    private volatile Predictor predictor;

    public ModelKeeper(ObservationStore store, ModelSettings settings, Clock clock) {
        this(store, settings, clock, TargetModel::grow);
    }

    ModelKeeper(ObservationStore store, ModelSettings settings, Clock clock, Grower grower) {
        this.store = store;
        this.clock = clock;
        var now = clock.instant();
        for (var target : Target.ALL) {
            thrones.put(target, new Throne(target, settings, grower, now));
        }
        predictor = new Predictor(new History(List.of()), Map.of());
    }

    /** Takes in what has happened since the last time; grows new models at each midnight, UTC. */
    public void tick() throws InterruptedException {
        var now = clock.instant();
        var history = new History(store.all());
        boolean isDue = isDue(now);
        for (var throne : thrones.values()) {
            if (isDue) {
                throne.renew(history, now);
            } else {
                throne.follow(history, now);
            }
        }
        renewedAt = isDue ? now : renewedAt;
        var serving = new EnumMap<Target, TargetModel>(Target.class);
        thrones.forEach(
                (target, throne) ->
                        throne.serving().ifPresent(model -> serving.put(target, model)));
        predictor = new Predictor(history, serving);
    }

    private boolean isDue(Instant now) {
        var last = renewedAt;
        if (last == null || now.truncatedTo(ChronoUnit.DAYS).isAfter(last)) {
            return true;
        }
        return thrones.values().stream().noneMatch(throne -> throne.champion().isPresent())
                && !now.isBefore(last.plus(FIRST_TRIES));
    }

    /** What answers until the next {@link #tick}. */
    public Predictor predictor() {
        return predictor;
    }

    private Throne throne(Target target) {
        return Objects.requireNonNull(thrones.get(target));
    }

    /** The best model so far, whether it serves or not. */
    Optional<TargetModel> champion(Target target) {
        return throne(target).champion();
    }

    /** How it stands with a target. */
    ModelState state(Target target) {
        return throne(target).state();
    }

    /** How it stands with each target. */
    public List<ModelState> states() {
        return thrones.values().stream().map(Throne::state).toList();
    }
}
