package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rollups of a topic hold: counters, readings and the labels of a series. */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are never changed
public enum RollupKind {
    GPU(List.of(GpuCounter.values()), EventTopic.GPU_METRICS),
    TOKEN(List.of(TokenCounter.values()), EventTopic.TOKEN_USAGE);

    private final EventTopic topic;
    private final List<RollupCounter> counters;
    private final Measures measures;
    private final List<MeasurePaths> paths = new ArrayList<>();
    private final List<String> labels;

    /** By the index of its field; null for one that is no measure. */
    private final @Nullable Measure[] byField;

    RollupKind(List<RollupCounter> counters, EventTopic topic) {
        this.topic = topic;
        this.counters = counters;
        this.measures = Measures.of(topic);
        this.labels = Labels.names(topic);
        this.byField = new @Nullable Measure[topic.fields().fields().size()];
        for (var measure : measures) {
            paths.add(MeasurePaths.of(measure));
            byField[measure.field().index()] = measure;
        }
    }

    /** The rollups of a topic. */
    public static RollupKind of(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> GPU;
            case TOKEN_USAGE -> TOKEN;
        };
    }

    EventTopic topic() {
        return topic;
    }

    List<RollupCounter> counters() {
        return counters;
    }

    Measures measures() {
        return measures;
    }

    /** The measure of the field with this index; null where it is none. */
    @Nullable Measure measureOf(int field) {
        return byField[field];
    }

    List<String> labels() {
        return labels;
    }

    /** Where the parts of a measure are in a rollup document. */
    MeasurePaths paths(int measure) {
        return paths.get(measure);
    }

    /** The collection of its raw documents. */
    public String rawCollection() {
        return switch (this) {
            case GPU -> StoreLayout.GPU_METRICS;
            case TOKEN -> StoreLayout.TOKEN_USAGE;
        };
    }

    /** The collection of its rollups. */
    public String collection(Granularity granularity) {
        return switch (this) {
            case GPU ->
                    switch (granularity) {
                        case MINUTE -> StoreLayout.GPU_MINUTE;
                        case HOUR -> StoreLayout.GPU_HOUR;
                    };
            case TOKEN ->
                    switch (granularity) {
                        case MINUTE -> StoreLayout.TOKEN_MINUTE;
                        case HOUR -> StoreLayout.TOKEN_HOUR;
                    };
        };
    }
}
