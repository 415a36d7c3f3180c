package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the rollups of a topic hold: counters, readings and the labels of a series. */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are never changed
public enum RollupKind {
    GPU(
            List.of(GpuCounter.values()),
            Measures.GPU,
            List.of(
                    StoreLayout.GPU,
                    GpuMetric.MIG_ID.name(),
                    GpuMetric.HOST.name(),
                    GpuMetric.GPU_INDEX.name(),
                    GpuMetric.GPU_UUID.name(),
                    GpuMetric.NAME.name(),
                    GpuMetric.NODE.name(),
                    GpuMetric.NAMESPACE.name(),
                    GpuMetric.POD.name(),
                    GpuMetric.TEAM.name())),
    TOKEN(
            List.of(TokenCounter.values()),
            Measures.TOKEN,
            List.of(
                    TokenUsage.MODEL.name(),
                    TokenUsage.TEAM.name(),
                    TokenUsage.USER.name(),
                    TokenUsage.PROJECT.name(),
                    StoreLayout.GPU));

    private final List<RollupCounter> counters;
    private final Measures measures;
    private final List<String> labels;
    private final Map<String, Integer> labelIndex = new HashMap<>();

    RollupKind(List<RollupCounter> counters, Measures measures, List<String> labels) {
        this.counters = counters;
        this.measures = measures;
        this.labels = labels;
        labels.forEach(label -> labelIndex.put(label, labelIndex.size()));
    }

    /** The rollups of a topic. */
    public static RollupKind of(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> GPU;
            case TOKEN_USAGE -> TOKEN;
        };
    }

    EventTopic topic() {
        return switch (this) {
            case GPU -> EventTopic.GPU_METRICS;
            case TOKEN -> EventTopic.TOKEN_USAGE;
        };
    }

    List<RollupCounter> counters() {
        return counters;
    }

    Measures measures() {
        return measures;
    }

    List<String> labels() {
        return labels;
    }

    /** The place of a reading among the measures, or null for another field. */
    @Nullable Integer measure(String field) {
        var measure = measures.find(field);
        return measure == null ? null : measure.index();
    }

    /** The place of a label, or null for another field. */
    @Nullable Integer label(String field) {
        return labelIndex.get(field);
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
