package gpuanalytics.event;

import static gpuanalytics.event.FieldTable.alias;

import gpuanalytics.event.Field.Aggregation;
import java.time.Instant;

/**
 * The fields of {@code token.usage.v1}: one request to a language model.
 *
 * <p>Required are {@code ts}, {@code model} and at least one of {@code prompt_tokens} and {@code
 * completion_tokens}, unless the request failed. Cached and written prompt tokens are part of the
 * prompt tokens, reasoning tokens part of the completion tokens.
 */
public final class TokenUsage {

    private static final double MAX_TOKENS = 1_000_000_000;
    private static final double MAX_REQUESTS = 1_000_000_000;
    private static final double MAX_MILLIS = 86_400_000;
    private static final double MILLIS_PER_SECOND = 1000;

    /** Milliseconds of a nanosecond. */
    private static final double NANOS = 1e-6;

    // An hour's sum of latencies in millionths of a millisecond is an int64 up to 2.5 million
    // requests
    // in flight all the time.
    static final FieldTable TABLE = new FieldTable();

    /** When the request ended. */
    public static final Field<Instant> TS =
            TABLE.requiredTime(
                    "ts",
                    alias("timestamp"),
                    alias("time"),
                    alias("@timestamp"),
                    alias("time_unix_nano"),
                    alias("end_time_unix_nano"),
                    alias("end_time"),
                    alias("created_at"),
                    alias("created"),
                    alias("create_time"));

    /** The sender's own identity of the event; a repeat with the same one is a duplicate. */
    public static final Field<String> EVENT_ID = TABLE.text("event_id");

    /** The request's identity. */
    public static final Field<String> REQUEST_ID =
            TABLE.text(
                    "request_id",
                    alias("gen_ai.response.id"),
                    alias("response.id"),
                    alias("response_id"),
                    alias("litellm_call_id"),
                    alias("gen_ai.request.id"),
                    alias("standard_logging_object.id"));

    /** Who served the model. */
    public static final Field<String> PROVIDER =
            TABLE.text(
                    "provider",
                    alias("gen_ai.provider.name"),
                    alias("gen_ai.system"),
                    alias("custom_llm_provider"),
                    alias("model_provider"),
                    alias("llm.provider"));

    /** What was asked for: chat, text_completion, embeddings, … */
    public static final Field<String> OPERATION =
            TABLE.text(
                    "operation",
                    alias("gen_ai.operation.name"),
                    alias("call_type"),
                    alias("llm.request.type"),
                    alias("openinference.span.kind"));

    /** The model that was asked for. */
    public static final Field<String> MODEL =
            TABLE.requiredText(
                    "model",
                    alias("gen_ai.request.model"),
                    alias("model_name"),
                    alias("model_id"),
                    alias("request_model"),
                    alias("llm.model_name"));

    /** The model that answered. */
    public static final Field<String> RESPONSE_MODEL =
            TABLE.text(
                    "response_model",
                    alias("gen_ai.response.model"),
                    alias("response.model"),
                    alias("model_version"));

    /** Tokens read, cached ones included. */
    public static final Field<Long> PROMPT_TOKENS =
            TABLE.integer(
                    "prompt_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.input_tokens"),
                    alias("gen_ai.usage.prompt_tokens"),
                    alias("vllm:request_prompt_tokens"),
                    alias("input_tokens"),
                    alias("prompt_token_count"),
                    alias("prompt_eval_count"),
                    alias("input_token_count"),
                    alias("llm.token_count.prompt"),
                    alias("llm.usage.prompt_tokens"),
                    alias("num_prompt_tokens"));

    /** Tokens written, reasoning included. */
    public static final Field<Long> COMPLETION_TOKENS =
            TABLE.integer(
                    "completion_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.output_tokens"),
                    alias("gen_ai.usage.completion_tokens"),
                    alias("vllm:request_generation_tokens"),
                    alias("output_tokens"),
                    alias("candidates_token_count"),
                    alias("eval_count"),
                    alias("output_token_count"),
                    alias("generation_tokens"),
                    alias("llm.token_count.completion"),
                    alias("llm.usage.completion_tokens"),
                    alias("num_generation_tokens"));

    /** Prompt tokens that came from a cache. */
    public static final Field<Long> CACHED_PROMPT_TOKENS =
            TABLE.integer(
                    "cached_prompt_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.cache_read.input_tokens"),
                    alias("gen_ai.usage.cache_read_input_tokens"),
                    alias("prompt_tokens_details.cached_tokens"),
                    alias("input_tokens_details.cached_tokens"),
                    alias("cached_content_token_count"),
                    alias("cache_read_input_tokens"),
                    alias("cache_read_tokens"),
                    alias("input_token_details.cache_read"),
                    alias("cached_input_tokens"),
                    alias("cached_tokens"),
                    alias("prompt_cache_hit_tokens"),
                    alias("llm.token_count.prompt_details.cache_read"),
                    alias("input_cached_tokens"),
                    alias("num_cached_tokens"));

    /** Prompt tokens that were written to a cache. */
    public static final Field<Long> CACHE_WRITE_TOKENS =
            TABLE.integer(
                    "cache_write_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.cache_creation.input_tokens"),
                    alias("gen_ai.usage.cache_write.input_tokens"),
                    alias("gen_ai.usage.cache_creation_input_tokens"),
                    alias("cache_creation_input_tokens"),
                    alias("cache_creation_tokens"),
                    alias("cache_write_input_tokens"),
                    alias("input_token_details.cache_creation"),
                    alias("llm.token_count.prompt_details.cache_write"));

    /** Completion tokens spent on reasoning. */
    public static final Field<Long> REASONING_TOKENS =
            TABLE.integer(
                    "reasoning_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.reasoning.output_tokens"),
                    alias("gen_ai.usage.reasoning_tokens"),
                    alias("completion_tokens_details.reasoning_tokens"),
                    alias("output_tokens_details.reasoning_tokens"),
                    alias("thoughts_token_count"),
                    alias("output_token_details.reasoning"),
                    alias("reasoning_output_tokens"),
                    alias("llm.token_count.completion_details.reasoning"));

    /**
     * How many requests the usage sums up, as a counter of a server tells them; absent is one. Its
     * times are their means then.
     */
    public static final Field<Long> REQUESTS =
            TABLE.integer(
                    "requests",
                    "1",
                    0,
                    MAX_REQUESTS,
                    Aggregation.NONE,
                    alias("num_model_requests"));

    /** From the request's arrival to its last token. */
    public static final Field<Double> LATENCY_MS =
            TABLE.number(
                    "latency_ms",
                    "ms",
                    0,
                    MAX_MILLIS,
                    Aggregation.HISTOGRAM,
                    alias("gen_ai.server.request.duration", MILLIS_PER_SECOND),
                    alias("gen_ai.client.operation.duration", MILLIS_PER_SECOND),
                    alias("vllm:e2e_request_latency_seconds", MILLIS_PER_SECOND),
                    alias("total_duration", NANOS),
                    alias("duration_ms"),
                    alias("gen_ai.latency.e2e", MILLIS_PER_SECOND),
                    alias("standard_logging_object.response_time", MILLIS_PER_SECOND));

    /** From the request's arrival to its first token. */
    public static final Field<Double> TTFT_MS =
            TABLE.number(
                    "ttft_ms",
                    "ms",
                    0,
                    MAX_MILLIS,
                    Aggregation.HISTOGRAM,
                    alias("gen_ai.server.time_to_first_token", MILLIS_PER_SECOND),
                    alias("gen_ai.response.time_to_first_chunk", MILLIS_PER_SECOND),
                    alias("vllm:time_to_first_token_seconds", MILLIS_PER_SECOND),
                    alias("gen_ai.latency.time_to_first_token", MILLIS_PER_SECOND));

    /** The machine that served it. */
    public static final Field<String> HOST =
            TABLE.text("host", alias("host.name"), alias("hostname"), alias("server.address"));

    /** The number of the GPU that served it. */
    public static final Field<Long> GPU_INDEX =
            TABLE.integer("gpu_index", "1", 0, 4095, Aggregation.NONE);

    /** The identity of the GPU that served it. */
    public static final Field<String> GPU_UUID = TABLE.text("gpu_uuid", alias("hw.id"));

    /** The pod that served it. */
    public static final Field<String> POD = TABLE.text("pod", alias("k8s.pod.name"));

    /** The namespace of that pod. */
    public static final Field<String> NAMESPACE =
            TABLE.text("namespace", alias("k8s.namespace.name"));

    /** The team that asked. */
    public static final Field<String> TEAM =
            TABLE.text("team", alias("team_id"), alias("user_api_key_team_id"));

    /** The user that asked. */
    public static final Field<String> USER =
            TABLE.text(
                    "user",
                    alias("user.id"),
                    alias("subject"),
                    alias("user_id"),
                    alias("end_user"),
                    alias("enduser.id"),
                    alias("user_api_key_user_id"));

    /** The project that asked. */
    public static final Field<String> PROJECT = TABLE.text("project", alias("project_id"));

    /** The workload that asked. */
    public static final Field<String> WORKLOAD = TABLE.text("workload", alias("service.name"));

    /** Whether the answer was streamed. */
    public static final Field<Boolean> STREAM =
            TABLE.flag("stream", alias("gen_ai.request.stream"));

    /** How it ended: words, or a code of HTTP as text or as a number; see {@link RequestStatus}. */
    public static final Field<String> STATUS =
            TABLE.text(
                    "status",
                    alias("finished_reason"),
                    alias("status_code"),
                    alias("http.response.status_code"),
                    alias("http.status_code"),
                    alias("http_status"),
                    alias("otel.status_code"),
                    alias("finish_reason"),
                    alias("stop_reason"),
                    alias("gen_ai.response.finish_reasons"));

    /** What went wrong. */
    public static final Field<String> ERROR_TYPE =
            TABLE.text(
                    "error_type",
                    alias("error.type"),
                    alias("exception.type"),
                    alias("error.code"));

    /** What reported the usage. */
    public static final Field<String> SOURCE = TABLE.text("source");

    static {
        TABLE.essential(EVENT_ID, REQUEST_ID, PROMPT_TOKENS, COMPLETION_TOKENS);
        TABLE.totals(
                UsageRules.TOTAL,
                "total_token_count",
                "gen_ai.usage.total_tokens",
                "llm.token_count.total",
                "llm.usage.total_tokens");
        TABLE.besideOthers(
                Shapes.TOKENS,
                Shapes.FAULT,
                Shapes.FAULT_CODE,
                Shapes.FAULT_MESSAGE,
                UsageRules.TOOL_PROMPT);
    }

    private TokenUsage() {}

    /** Starts an event of this topic. */
    public static Event.Builder builder() {
        return Event.builder(EventTopic.TOKEN_USAGE);
    }
}
