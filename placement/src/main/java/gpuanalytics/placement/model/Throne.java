package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One target's champion, and whether it serves: only while it beats the rules of thumb on the last
 * day, and the champion before where it is new. Used by one thread; its state may be read by any.
 */
final class Throne {

    private static final Logger log = LoggerFactory.getLogger(Throne.class);

    private final Target target;
    private final ModelSettings settings;
    private final Grower grower;
    private @Nullable TargetModel champion;
    private Instant followedTo = Instant.MIN;
    private int followedRows;
    private int followedCovered;
    private volatile ModelState state;

    Throne(Target target, ModelSettings settings, Grower grower, Instant now) {
        this.target = target;
        this.settings = settings;
        this.grower = grower;
        state = new ModelState(target, false, now, "nothing was trained yet", null, null, null);
    }

    ModelState state() {
        return state;
    }

    /** The best model so far, whether it serves or not. */
    Optional<TargetModel> champion() {
        return Optional.ofNullable(champion);
    }

    /** The model that serves, where one does. */
    Optional<TargetModel> serving() {
        return state.serves() ? Optional.ofNullable(champion) : Optional.empty();
    }

    /** Takes in what came of cases since the last time; a champion that has become bad stops. */
    void follow(History history, Instant now) {
        if (champion == null) {
            return;
        }
        learn(champion, history, now);
        if (!state.serves()) {
            return;
        }
        var judged = judge(champion, lastDay(history, now), now);
        if (judged.rows() >= settings.minJudgedRows() && !judged.beatsNaive()) {
            become(false, now, "stopped: " + words(judged), judged, null);
        } else {
            become(true, now, state.why(), judged, state.championError());
        }
    }

    /** Grows a challenger from the days before the last one, and lets the better of both serve. */
    void renew(History history, Instant now) throws InterruptedException {
        var lastDay = lastDay(history, now);
        if (champion != null) {
            learn(champion, history, now);
        }
        var was = champion == null ? null : judge(champion, lastDay, now);
        var challenger = challenger(history, now);
        if (challenger != null) {
            // judged before it learns from what judges it
            var judged = Judgement.of(challenger, lastDay, dayBefore(now), now);
            if (was == null || judged.error() < was.error()) {
                champion = challenger;
                challenger.follow(lastDay);
                startFollowing(now);
                crown("new champion", judged, was == null ? null : was.error(), now);
                return;
            }
        }
        if (was == null) {
            become(
                    false,
                    now,
                    "too few outcomes to train, expected %d or more of the seven days before the last"
                            .formatted(settings.minTrainingRows()),
                    null,
                    null);
            return;
        }
        startFollowing(now);
        crown("champion stays", was, was.error(), now);
    }

    private void crown(String how, Judgement judged, @Nullable Double championError, Instant now) {
        if (judged.rows() < settings.minJudgedRows()) {
            become(
                    false,
                    now,
                    "the last day has %d outcomes to judge by, expected %d or more"
                            .formatted(judged.rows(), settings.minJudgedRows()),
                    judged,
                    championError);
        } else if (judged.beatsNaive()) {
            become(true, now, "%s: %s".formatted(how, words(judged)), judged, championError);
        } else {
            become(false, now, "does not serve: " + words(judged), judged, championError);
        }
    }

    private @Nullable TargetModel challenger(History history, Instant now)
            throws InterruptedException {
        var to = dayBefore(now);
        var from = to.minus(ModelSettings.TRAINED_ON);
        var cases = Case.of(history, target, from, to);
        if (cases.size() < settings.minTrainingRows()) {
            return null;
        }
        int most = settings.maxTrainingRows();
        var latest = cases.subList(Math.max(0, cases.size() - most), cases.size());
        return grower.grow(target, latest, settings, from, to, now);
    }

    private static Instant dayBefore(Instant now) {
        return now.minus(ModelSettings.JUDGED_BY);
    }

    private List<Case> lastDay(History history, Instant now) {
        return Case.of(history, target, dayBefore(now), now);
    }

    private void startFollowing(Instant now) {
        followedTo = now;
        followedRows = 0;
        followedCovered = 0;
    }

    /** Counts what the intervals held as they were when it became known, then widens or narrows. */
    private void learn(TargetModel model, History history, Instant now) {
        var news = Case.of(history, target, followedTo, now);
        for (var each : news) {
            var said = model.predict(each.question());
            followedRows++;
            followedCovered +=
                    said.low() <= each.outcome() && each.outcome() <= said.high() ? 1 : 0;
        }
        model.follow(news);
        followedTo = now;
    }

    /** The champion's last day, with the intervals as it gave them. */
    private Judgement judge(TargetModel model, List<Case> lastDay, Instant now) {
        var judged = Judgement.of(model, lastDay, dayBefore(now), now);
        return followedRows == 0
                ? judged
                : judged.withCovered((double) followedCovered / followedRows);
    }

    private void become(
            boolean serves,
            Instant now,
            String why,
            @Nullable Judgement judged,
            @Nullable Double championError) {
        var before = state;
        var since = before.serves() == serves ? before.since() : now;
        var model = champion == null ? null : champion.origin();
        state = new ModelState(target, serves, since, why, model, judged, championError);
        if (before.serves() && !serves) {
            log.atWarn()
                    .addKeyValue("target", target.label())
                    .addKeyValue("why", why)
                    .log("model stopped serving");
        } else if (!before.serves() && serves) {
            log.atInfo()
                    .addKeyValue("target", target.label())
                    .addKeyValue("why", why)
                    .log("model serves");
        }
    }

    private String words(Judgement judged) {
        var rule = judged.bestRule();
        return String.format(
                Locale.ROOT,
                "mean error %.4g %s, %s %.4g, over %d outcomes of the last day",
                judged.error(),
                target.unit(),
                rule == null ? "no rule" : rule.label(),
                judged.naiveError(),
                judged.rows());
    }
}
