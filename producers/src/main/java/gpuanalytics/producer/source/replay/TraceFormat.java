package gpuanalytics.producer.source.replay;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The traces that can be replayed, recognised by the names of their columns. */
enum TraceFormat {
    /**
     * Azure LLM inference trace: github.com/Azure/AzurePublicDataset. Times have no zone and are
     * UTC.
     */
    AZURE_LLM("Azure LLM inference", List.of("TIMESTAMP", "ContextTokens", "GeneratedTokens")),

    /**
     * Mooncake trace as CSV: github.com/kvcache-ai/Mooncake, FAST25-release. Its source is JSON
     * lines; the CSV may have the column reusable_prefix_tokens, an upper bound for what a prefix
     * cache holds.
     */
    MOONCAKE("Mooncake", List.of("timestamp_ms", "input_length", "output_length")),

    /**
     * Alibaba cluster-trace-v2026-GenAI: github.com/alibaba/clusterdata. GPU duty cycle and GPU
     * memory have the same columns; which of them a file holds shows in its values.
     */
    ALIBABA_GPU(
            "Alibaba GenAI GPU duty cycle or memory",
            List.of("timestamp_anon", "value", "container_ip")),

    /**
     * What {@code nvidia-smi --query-gpu=timestamp,uuid,… --format=csv} writes, with or without
     * units. Times have no zone and are UTC.
     */
    NVIDIA_SMI("nvidia-smi --query-gpu", List.of("timestamp", "uuid"));

    /**
     * What Mooncake's times count from, as the trace does not say: the first day of FAST '25, where
     * it was published.
     */
    static final Instant MOONCAKE_START = Instant.parse("2025-02-25T00:00:00Z");

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // a List.of, which is immutable
    private final List<String> columns;

    TraceFormat(String title, List<String> columns) {
        this.title = title;
        this.columns = columns;
    }

    /** The format that has these columns, in any order and perhaps with others. */
    static Optional<TraceFormat> of(List<String> header) {
        var names = new HashSet<>(header);
        if (SmiColumns.fit(header)) {
            return Optional.of(NVIDIA_SMI);
        }
        return Arrays.stream(values())
                .filter(format -> names.containsAll(format.columns))
                // request traces of the same data set have these three columns and one more
                .filter(format -> format != ALIBABA_GPU || names.size() == format.columns.size())
                .findFirst();
    }

    /** What is expected of a header. */
    static String expected() {
        return Arrays.stream(values())
                .map(format -> "%s (%s)".formatted(String.join(",", format.columns), format.title))
                .collect(Collectors.joining(" or "));
    }
}
