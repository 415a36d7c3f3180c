package gpuanalytics.processor.measure;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The measures of one kind of event: every field that aggregates, as the contract orders them. */
public final class Measures implements Iterable<Measure> {

    /** The measures of a GPU's samples. */
    public static final Measures GPU = new Measures(EventTopic.GPU_METRICS);

    /** The measures of token usages. */
    public static final Measures TOKEN = new Measures(EventTopic.TOKEN_USAGE);

    private final List<Measure> list;
    private final Map<String, Measure> byName = new HashMap<>();

    private Measures(EventTopic topic) {
        var measures = new ArrayList<Measure>();
        for (var field : topic.fields().fields()) {
            if (field.aggregation() != Aggregation.NONE) {
                var measure = new Measure(field, measures.size());
                measures.add(measure);
                byName.put(field.name(), measure);
            }
        }
        this.list = List.copyOf(measures);
    }

    public static Measures of(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> GPU;
            case TOKEN_USAGE -> TOKEN;
        };
    }

    public int size() {
        return list.size();
    }

    public Measure get(int index) {
        return list.get(index);
    }

    @Override
    public Iterator<Measure> iterator() {
        return list.iterator();
    }

    /** The measure of a field's name, or null for a field that does not aggregate. */
    public @Nullable Measure find(String name) {
        return byName.get(name);
    }

    /**
     * The measure of a field.
     *
     * @throws IllegalArgumentException for a field that is none of these measures
     */
    public Measure get(Field<?> field) {
        var measure = byName.get(field.name());
        if (measure == null) {
            throw new IllegalArgumentException(field + " does not aggregate");
        }
        return measure;
    }
}
