package gpuanalytics.placement.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is predicted of a pod's next window. */
public enum Target {
    P95_UTILIZATION("ratio", 1) {
        @Override
        @Nullable Double of(Observation seen) {
            return seen.outcome().p95Utilization();
        }
    },
    PEAK_MEMORY_MIB("MiB", Double.POSITIVE_INFINITY) {
        @Override
        @Nullable Double of(Observation seen) {
            return seen.outcome().peakMemoryMib();
        }

        // What it may need: who gets less is killed.
        @Override
        double reckoned(Range predicted) {
            return predicted.high();
        }
    },
    REMAINING_LIFETIME_S("s", Double.POSITIVE_INFINITY) {
        @Override
        @Nullable Double of(Observation seen) {
            var ended = seen.endedAt();
            return ended == null ? null : Duration.between(seen.from(), ended).toMillis() / 1e3;
        }

        @Override
        Instant knownAt(Observation seen) {
            var ended = seen.endedAt();
            return ended == null || ended.isBefore(seen.to()) ? seen.to() : ended;
        }
    },
    JOULES_PER_HOUR("J/h", Double.POSITIVE_INFINITY) {
        @Override
        @Nullable Double of(Observation seen) {
            var joules = seen.outcome().energyJ();
            return joules == null ? null : joules * 3600 / seen.seconds();
        }
    };

    /** All of them. */
    public static final List<Target> ALL = List.of(values());

    private final String unit;
    private final double highest;

    Target(String unit, double highest) {
        this.unit = unit;
        this.highest = highest;
    }

    /** What came of it; null where that is not known. */
    abstract @Nullable Double of(Observation seen);

    /** The number of a prediction by which a scheduler decides. */
    double reckoned(Range predicted) {
        return predicted.value();
    }

    /** When that was known. */
    Instant knownAt(Observation seen) {
        return seen.to();
    }

    /** The value, or the nearest that there can be. */
    double clip(double value) {
        return Math.clamp(value, 0, highest);
    }

    /** Its name in answers. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String unit() {
        return unit;
    }
}
