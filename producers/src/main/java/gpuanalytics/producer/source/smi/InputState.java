package gpuanalytics.producer.source.smi;

import gpuanalytics.producer.source.replay.table.DropReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of an input: its thread tells it, any may ask. */
final class InputState {

    /** Steps within this factor of the interval are late or early, and not another interval. */
    private static final double TOLERATED = 1.5;

    private final SmiOptions.Pace pace;
    private final UsualStep steps;
    private volatile String away = "is not looked at yet";
    private volatile @Nullable Instant last;
    private volatile @Nullable DropReason refused;

    InputState(SmiOptions.Pace pace, UsualStep steps) {
        this.pace = pace;
        this.steps = steps;
    }

    /** It is there, and read. */
    void there() {
        away = "";
    }

    /** It is not; what is the matter with it, to follow its name. */
    void away(String why) {
        away = why;
    }

    /** It gave a sample of this time. */
    void sampled(Instant time) {
        last = time;
        refused = null;
    }

    /** It gave a row that is none. */
    void refused(DropReason reason) {
        refused = reason;
    }

    /** Why it gives no samples of now, or not as it should; to follow its name. */
    Optional<String> problem(Instant now) {
        if (!away.isEmpty()) {
            return Optional.of(away);
        }
        var sampled = last;
        if (sampled == null) {
            return Optional.of("has given no sample yet" + why());
        }
        if (sampled.plus(pace.silence()).isBefore(now)) {
            return Optional.of("has given no sample since " + sampled + why());
        }
        return steps.usual().flatMap(this::mistakenInterval);
    }

    private String why() {
        var reason = refused;
        return reason == null ? "" : ", its rows are dropped: " + reason.label();
    }

    private Optional<String> mistakenInterval(Duration usual) {
        double factor = (double) usual.toMillis() / pace.interval().toMillis();
        return factor <= TOLERATED && factor >= 1 / TOLERATED
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "has a sample of a GPU every %.1f s, expected"
                                        + " NVIDIA_SMI_INTERVAL_MS (%d) to say so",
                                usual.toMillis() / 1e3,
                                pace.interval().toMillis()));
    }
}
