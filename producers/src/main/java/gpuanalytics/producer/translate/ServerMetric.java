package gpuanalytics.producer.translate;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A counter of a server of models that tells of usage.
 *
 * @param server who has it: {@code vllm}, {@code tgi} or {@code sglang}
 * @param meaning what it counts
 */
public record ServerMetric(String server, Meaning meaning) {

    /** What a counter counts. */
    public enum Meaning {
        PROMPT_TOKENS,
        COMPLETION_TOKENS,
        CACHED_PROMPT_TOKENS,
        /** Requests that have ended; a label says how, where it can be otherwise than well. */
        REQUESTS,
        FAILED_REQUESTS,
        LATENCY_SECONDS,
        LATENCIES,
        TTFT_SECONDS,
        TTFTS
    }

    private static final String VLLM = "vllm";
    private static final String TGI = "tgi";
    private static final String SGLANG = "sglang";

    private static final Map<String, ServerMetric> BY_NAME =
            Map.ofEntries(
                    entry("vllm:prompt_tokens_total", VLLM, Meaning.PROMPT_TOKENS),
                    entry("vllm:generation_tokens_total", VLLM, Meaning.COMPLETION_TOKENS),
                    entry("vllm:prompt_tokens_cached_total", VLLM, Meaning.CACHED_PROMPT_TOKENS),
                    entry("vllm:request_success_total", VLLM, Meaning.REQUESTS),
                    entry("vllm:e2e_request_latency_seconds_sum", VLLM, Meaning.LATENCY_SECONDS),
                    entry("vllm:e2e_request_latency_seconds_count", VLLM, Meaning.LATENCIES),
                    entry("vllm:time_to_first_token_seconds_sum", VLLM, Meaning.TTFT_SECONDS),
                    entry("vllm:time_to_first_token_seconds_count", VLLM, Meaning.TTFTS),
                    entry("tgi_request_input_length_sum", TGI, Meaning.PROMPT_TOKENS),
                    entry("tgi_request_generated_tokens_sum", TGI, Meaning.COMPLETION_TOKENS),
                    entry("tgi_request_success", TGI, Meaning.REQUESTS),
                    entry("tgi_request_success_total", TGI, Meaning.REQUESTS),
                    entry("tgi_request_failure", TGI, Meaning.FAILED_REQUESTS),
                    entry("tgi_request_failure_total", TGI, Meaning.FAILED_REQUESTS),
                    entry("tgi_request_duration_sum", TGI, Meaning.LATENCY_SECONDS),
                    entry("tgi_request_duration_count", TGI, Meaning.LATENCIES),
                    entry("sglang:prompt_tokens_total", SGLANG, Meaning.PROMPT_TOKENS),
                    entry("sglang:generation_tokens_total", SGLANG, Meaning.COMPLETION_TOKENS),
                    entry("sglang:cached_tokens_total", SGLANG, Meaning.CACHED_PROMPT_TOKENS),
                    entry("sglang:num_requests_total", SGLANG, Meaning.REQUESTS),
                    entry(
                            "sglang:e2e_request_latency_seconds_sum",
                            SGLANG,
                            Meaning.LATENCY_SECONDS),
                    entry("sglang:e2e_request_latency_seconds_count", SGLANG, Meaning.LATENCIES),
                    entry("sglang:time_to_first_token_seconds_sum", SGLANG, Meaning.TTFT_SECONDS),
                    entry("sglang:time_to_first_token_seconds_count", SGLANG, Meaning.TTFTS));

    private static Map.Entry<String, ServerMetric> entry(
            String name, String server, Meaning meaning) {
        return Map.entry(name, new ServerMetric(server, meaning));
    }

    /** What a name means; null where it is none of these. */
    public static @Nullable ServerMetric find(String name) {
        return BY_NAME.get(name);
    }
}
