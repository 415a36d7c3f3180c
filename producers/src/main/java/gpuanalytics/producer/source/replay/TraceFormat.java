package gpuanalytics.producer.source.replay;

import gpuanalytics.producer.source.smi.SmiColumns;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The traces that can be replayed, recognised by the names of their columns. */
enum TraceFormat {
    AZURE_LLM(
            "Azure LLM inference",
            List.of("TIMESTAMP", "ContextTokens", "GeneratedTokens"),
            "`azure-llm-` and the year of its first time, `-conv` or `-code` by the file's name",
            "2023 and 2024; a time without a zone is UTC",
            "[2023](https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md),"
                + " [2024](https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2024.md)"),

    BURST_GPT(
            "BurstGPT",
            List.of("Timestamp", "Model", "Request tokens", "Response tokens"),
            "`Model`",
            "seconds from 2024-01-31T00:00:00Z on; a request without response tokens is a failure;"
                    + " `Log Type` is the workload",
            "[HPMLL/BurstGPT](https://github.com/HPMLL/BurstGPT)"),

    MOONCAKE(
            "Mooncake as CSV",
            List.of("timestamp_ms", "input_length", "output_length"),
            "`mooncake-fast25-conversation`",
            "milliseconds from 2025-02-25T00:00:00Z on; `reusable_prefix_tokens`, where there,"
                    + " are the cached ones: an upper bound, for a cache without limit",
            "[kvcache-ai/Mooncake](https://github.com/kvcache-ai/Mooncake), its JSON lines as CSV"),

    MOONCAKE_JSON(
            "Mooncake",
            List.of("timestamp", "input_length", "output_length"),
            "`mooncake-fast25`, `-conversation`, `-toolagent` or `-synthetic` by the file's name",
            "JSON lines; milliseconds from 2025-02-25T00:00:00Z on; `hash_ids` are not read",
            "[kvcache-ai/Mooncake](https://github.com/kvcache-ai/Mooncake), [its"
                + " fields](https://docs.nvidia.com/aiperf/v0.7.0/benchmark-modes/trace-replay-with-mooncake-traces)"),

    LITE_LLM(
            "LiteLLM spend logs",
            List.of(
                    "request_id",
                    "startTime",
                    "endTime",
                    "model",
                    "prompt_tokens",
                    "completion_tokens"),
            "`model`, else `model_group`, else `unknown`",
            "the table as CSV, or the answer of `/spend/logs`; known by the request's own id;"
                    + " requests that failed or have no token count too",
            "[LiteLLM_SpendLogs](https://github.com/BerriAI/litellm/blob/main/litellm-js/spend-logs/src/_types.ts)"),

    OPEN_AI(
            "OpenAI usage",
            List.of("start_time", "end_time", "num_model_requests", "input_tokens"),
            "`model`, else `unknown`",
            "the dashboard's CSV, or pages of `/v1/organization/usage/completions`; a bucket gives"
                    + " as many requests as it counts, which share its tokens evenly at its start",
            "[its API](https://developers.openai.com/api/reference/cli/resources/admin/subresources/organization/subresources/usage/methods/completions)"),

    ALIBABA_GPU(
            "Alibaba GenAI GPU duty cycle or memory",
            List.of("timestamp_anon", "value", "container_ip"),
            "`alibaba-genai-2026-gpu`",
            "these columns alone; which reading a file holds shows in its values; files are joined"
                    + " by pod and time",
            "[alibaba/clusterdata](https://github.com/alibaba/clusterdata/tree/master/cluster-trace-v2026-GenAI)"),

    NVIDIA_SMI(
            "nvidia-smi --query-gpu",
            List.of("timestamp", "uuid"),
            "`name`, else `nvidia-gpu`",
            "or `timestamp` and `index` or a reading; with its header, with or without units; times"
                + " are taken as UTC; without `hostname` the file is named after the machine,"
                + " without `uuid` or `index` it is of one GPU; `[N/A]`, `N/A`, `[Not Supported]`,"
                + " `ERR!` and the like are absent",
            "[nvidia-smi](https://docs.nvidia.com/deploy/nvidia-smi/index.html)");

    /**
     * What Mooncake's times count from, as the trace does not say: the first day of FAST '25, where
     * it was published.
     */
    static final Instant MOONCAKE_START = Instant.parse("2025-02-25T00:00:00Z");

    /**
     * What BurstGPT's times count from, as the trace does not say: when its paper was published.
     */
    static final Instant BURST_GPT_START = Instant.parse("2024-01-31T00:00:00Z");

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // a List.of, which is immutable
    private final List<String> columns;

    private final String label;
    private final String notes;
    private final String source;

    TraceFormat(String title, List<String> columns, String label, String notes, String source) {
        this.title = title;
        this.columns = columns;
        this.label = label;
        this.notes = notes;
        this.source = source;
    }

    String title() {
        return title;
    }

    /** The columns by which it is known. */
    List<String> columns() {
        return columns;
    }

    /** The format that has these columns, in any order and perhaps with others. */
    static Optional<TraceFormat> of(List<String> header) {
        var names = new HashSet<>(header);
        var known =
                Arrays.stream(values())
                        .filter(format -> format != NVIDIA_SMI)
                        .filter(format -> names.containsAll(format.columns))
                        // request traces of the same data set have these columns and one more
                        .filter(format -> format != ALIBABA_GPU || names.size() == 3)
                        .findFirst();
        return known.isEmpty() && SmiColumns.fit(header) ? Optional.of(NVIDIA_SMI) : known;
    }

    /** What is expected of a header. */
    static String expected() {
        return Arrays.stream(values())
                .map(format -> "%s (%s)".formatted(String.join(",", format.columns), format.title))
                .collect(Collectors.joining(" or "));
    }

    /** Its row in the table of formats, in Markdown. */
    String tableRow() {
        return "| %s | `%s` | %s | %s | %s |"
                .formatted(title, String.join(",", columns), label, notes, source);
    }
}
