package gpuanalytics.processor.series;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.SeriesKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * How many values each label of an hour's usages has, and so which is to be folded first. Any
 * thread may add and ask.
 */
final class LabelValues {

    /**
     * Among labels with as many values, the one that says least of what is paid for comes first.
     */
    private static final List<Field<?>> EQUALS =
            List.of(
                    TokenUsage.USER,
                    TokenUsage.POD,
                    TokenUsage.PROJECT,
                    TokenUsage.TEAM,
                    TokenUsage.NAMESPACE,
                    TokenUsage.OPERATION,
                    TokenUsage.PROVIDER,
                    TokenUsage.MODEL);

    /** The labels of usages, in that order. */
    static final List<Field<?>> LABELS =
            EQUALS.stream().filter(Labels.fields(EventTopic.TOKEN_USAGE)::contains).toList();

    private final Map<Field<?>, DistinctValues> values = new LinkedHashMap<>();
    private volatile List<Field<?>> order = LABELS;

    LabelValues() {
        LABELS.forEach(label -> values.put(label, new DistinctValues()));
    }

    /** Adds the values of a usage. */
    void add(Labels labels) {
        var changed = false;
        for (var label : LABELS) {
            if (labels.get(label) instanceof String value) {
                changed |= of(label).add(SeriesKey.hash(value));
            }
        }
        if (changed) {
            sort();
        }
    }

    /** Adds the values of a rollup's labels. */
    void add(BsonDocument rollup) {
        for (var label : LABELS) {
            if (rollup.get(label.name()) instanceof BsonString value) {
                of(label).add(SeriesKey.hash(value.getValue()));
            }
        }
    }

    /** The labels, that with the most values first. */
    List<Field<?>> byCount() {
        return order;
    }

    void sort() {
        // the sort is stable, so equals stay in their order
        order =
                LABELS.stream()
                        .sorted(
                                Comparator.comparingLong((Field<?> label) -> of(label).count())
                                        .reversed())
                        .toList();
    }

    private DistinctValues of(Field<?> label) {
        return Objects.requireNonNull(values.get(label));
    }
}
