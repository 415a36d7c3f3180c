package gpuanalytics.placement.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule of thumb that needs no model; one that serves must be better than the best of them. */
public enum NaiveRule {
    /** The largest of the last hour, else the last one that there was. */
    MAX_OF_LAST_HOUR("max of last hour") {
        @Override
        @Nullable Double of(Course course, Instant at) {
            var max = course.max(at, Duration.ofHours(1));
            return max == null ? course.last(at) : max;
        }
    },
    MEDIAN_OF_LAST_TEN("median of last ten") {
        @Override
        @Nullable Double of(Course course, Instant at) {
            var last = course.lastTen(at);
            return last.length == 0 ? null : Statistics.median(last);
        }
    };

    /** All of them. */
    public static final List<NaiveRule> ALL = List.of(values());

    private final String label;

    NaiveRule(String label) {
        this.label = label;
    }

    /** What it says; null where nothing was known of the workload. */
    abstract @Nullable Double of(Course course, Instant at);

    public String label() {
        return label;
    }
}
