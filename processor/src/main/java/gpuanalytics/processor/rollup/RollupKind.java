package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.rollup.Measure.Kind;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the rollups of a topic hold: counters, readings and the labels of a series. */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are never changed
enum RollupKind {
    GPU(
            List.of(
                    StoreLayout.SAMPLES,
                    StoreLayout.COVERED_US,
                    StoreLayout.ENERGY_UJ,
                    StoreLayout.XID_ERRORS),
            List.of(
                    measure(GpuMetric.UTILIZATION, Kind.FRACTION),
                    measure(GpuMetric.SM_ACTIVE, Kind.FRACTION),
                    measure(GpuMetric.TENSOR_ACTIVE, Kind.FRACTION),
                    measure(GpuMetric.DRAM_ACTIVE, Kind.FRACTION),
                    measure(GpuMetric.POWER_W, Kind.FRACTION),
                    measure(GpuMetric.TEMP_C, Kind.FRACTION),
                    measure(GpuMetric.PRICE_PER_HOUR_USD, Kind.FRACTION),
                    measure(GpuMetric.MEM_USED_BYTES, Kind.WHOLE),
                    measure(GpuMetric.MEM_TOTAL_BYTES, Kind.WHOLE),
                    measure(GpuMetric.SM_CLOCK_HZ, Kind.WHOLE),
                    measure(GpuMetric.MEM_CLOCK_HZ, Kind.WHOLE),
                    measure(GpuMetric.PCIE_TX_BPS, Kind.WHOLE),
                    measure(GpuMetric.PCIE_RX_BPS, Kind.WHOLE),
                    measure(GpuMetric.ENERGY_J_TOTAL, Kind.COUNTER),
                    measure(GpuMetric.THROTTLE_S_TOTAL, Kind.COUNTER)),
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
            List.of(StoreLayout.REQUESTS, StoreLayout.ERRORS),
            List.of(
                    measure(TokenUsage.PROMPT_TOKENS, Kind.TOKENS),
                    measure(TokenUsage.COMPLETION_TOKENS, Kind.TOKENS),
                    measure(TokenUsage.CACHED_PROMPT_TOKENS, Kind.TOKENS),
                    measure(TokenUsage.CACHE_WRITE_TOKENS, Kind.TOKENS),
                    measure(TokenUsage.REASONING_TOKENS, Kind.TOKENS),
                    measure(TokenUsage.LATENCY_MS, Kind.LATENCY),
                    measure(TokenUsage.TTFT_MS, Kind.LATENCY)),
            List.of(
                    TokenUsage.MODEL.name(),
                    TokenUsage.TEAM.name(),
                    TokenUsage.USER.name(),
                    TokenUsage.PROJECT.name(),
                    StoreLayout.GPU));

    static final int SAMPLES = 0;
    static final int COVERED = 1;
    static final int ENERGY = 2;
    static final int XID_ERRORS = 3;
    static final int REQUESTS = 0;
    static final int ERRORS = 1;

    private final List<String> counters;
    private final List<Measure> measures;
    private final List<String> labels;
    private final Map<String, Integer> measureIndex;
    private final Map<String, Integer> labelIndex;

    RollupKind(List<String> counters, List<Measure> measures, List<String> labels) {
        this.counters = counters;
        this.measures = measures;
        this.labels = labels;
        this.measureIndex = index(measures.stream().map(Measure::field));
        this.labelIndex = index(labels.stream());
    }

    static RollupKind of(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> GPU;
            case TOKEN_USAGE -> TOKEN;
        };
    }

    List<String> counters() {
        return counters;
    }

    List<Measure> measures() {
        return measures;
    }

    List<String> labels() {
        return labels;
    }

    /** The place of a reading among the measures, or null for another field. */
    @Nullable Integer measure(String field) {
        return measureIndex.get(field);
    }

    /** The place of a label, or null for another field. */
    @Nullable Integer label(String field) {
        return labelIndex.get(field);
    }

    /** The collection of its raw documents. */
    String rawCollection() {
        return switch (this) {
            case GPU -> StoreLayout.GPU_METRICS;
            case TOKEN -> StoreLayout.TOKEN_USAGE;
        };
    }

    /** The collection of its rollups. */
    String collection(Granularity granularity) {
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

    private static Measure measure(Field<?> field, Kind kind) {
        return new Measure(field.name(), kind);
    }

    private static Map<String, Integer> index(Stream<String> names) {
        var index = new HashMap<String, Integer>();
        names.forEach(name -> index.put(name, index.size()));
        return index;
    }
}
