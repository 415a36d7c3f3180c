package gpuanalytics.producer.translate;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of one series of Prometheus.
 *
 * @param name of its metric
 * @param labels its labels; one without a value is absent
 * @param value what it had, in the unit that its name says; may be NaN
 */
public record Series(String name, Map<String, String> labels, double value) {

    public Series {
        labels = Map.copyOf(labels);
    }

    /** The value of a label, or null where it is absent. */
    public @Nullable String label(String label) {
        return labels.get(label);
    }
}
