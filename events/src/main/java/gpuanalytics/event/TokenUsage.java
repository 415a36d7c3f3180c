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
    private static final double MAX_MILLIS = 86_400_000;
    private static final double MILLIS_PER_SECOND = 1000;

    // An hour's sum of latencies in millionths of a millisecond is an int64 up to 2.5 million
    // requests
    // in flight all the time.
    static final FieldTable TABLE = new FieldTable();

    /** When the request ended. */
    public static final Field<Instant> TS = TABLE.requiredTime("ts");

    /** The sender's own identity of the event; a repeat with the same one is a duplicate. */
    public static final Field<String> EVENT_ID = TABLE.text("event_id");

    /** The request's identity. */
    public static final Field<String> REQUEST_ID =
            TABLE.text("request_id", alias("gen_ai.response.id"));

    /** Who served the model. */
    public static final Field<String> PROVIDER =
            TABLE.text("provider", alias("gen_ai.provider.name"), alias("gen_ai.system"));

    /** What was asked for: chat, text_completion, embeddings, … */
    public static final Field<String> OPERATION =
            TABLE.text("operation", alias("gen_ai.operation.name"));

    /** The model that was asked for. */
    public static final Field<String> MODEL =
            TABLE.requiredText("model", alias("gen_ai.request.model"), alias("model_name"));

    /** The model that answered. */
    public static final Field<String> RESPONSE_MODEL =
            TABLE.text("response_model", alias("gen_ai.response.model"));

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
                    alias("vllm:request_prompt_tokens"));

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
                    alias("vllm:request_generation_tokens"));

    /** Prompt tokens that came from a cache. */
    public static final Field<Long> CACHED_PROMPT_TOKENS =
            TABLE.integer(
                    "cached_prompt_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.cache_read.input_tokens"));

    /** Prompt tokens that were written to a cache. */
    public static final Field<Long> CACHE_WRITE_TOKENS =
            TABLE.integer(
                    "cache_write_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.cache_creation.input_tokens"),
                    alias("gen_ai.usage.cache_write.input_tokens"));

    /** Completion tokens spent on reasoning. */
    public static final Field<Long> REASONING_TOKENS =
            TABLE.integer(
                    "reasoning_tokens",
                    "token",
                    0,
                    MAX_TOKENS,
                    Aggregation.SUM,
                    alias("gen_ai.usage.reasoning.output_tokens"));

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
                    alias("vllm:e2e_request_latency_seconds", MILLIS_PER_SECOND));

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
                    alias("vllm:time_to_first_token_seconds", MILLIS_PER_SECOND));

    /** The machine that served it. */
    public static final Field<String> HOST = TABLE.text("host", alias("host.name"));

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
    public static final Field<String> TEAM = TABLE.text("team");

    /** The user that asked. */
    public static final Field<String> USER = TABLE.text("user", alias("user.id"));

    /** The project that asked. */
    public static final Field<String> PROJECT = TABLE.text("project");

    /** The workload that asked. */
    public static final Field<String> WORKLOAD = TABLE.text("workload", alias("service.name"));

    /** Whether the answer was streamed. */
    public static final Field<Boolean> STREAM =
            TABLE.flag("stream", alias("gen_ai.request.stream"));

    /** How it ended: words, or a code of HTTP as text or as a number; see {@link RequestStatus}. */
    public static final Field<String> STATUS = TABLE.text("status", alias("finished_reason"));

    /** What went wrong. */
    public static final Field<String> ERROR_TYPE = TABLE.text("error_type", alias("error.type"));

    /** What reported the usage. */
    public static final Field<String> SOURCE = TABLE.text("source");

    private TokenUsage() {}

    /** Starts an event of this topic. */
    public static Event.Builder builder() {
        return Event.builder(EventTopic.TOKEN_USAGE);
    }
}
