package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import java.util.List;

/**
 * An attribute that tells a part of a usage.
 *
 * @param attribute its name
 * @param field what it tells
 * @param scale what a number is multiplied with to be in the field's unit
 * @param vocabulary where the name is from
 */
record GenAiName(String attribute, Field<?> field, double scale, Vocabulary vocabulary) {

    /** Where names are from; of several that tell the same, the one that stands first counts. */
    enum Vocabulary {
        /** Our own contract. */
        OURS,
        /** OpenTelemetry's semantic-conventions-genai, since May 2026. */
        GENAI,
        /** OpenTelemetry's semantic-conventions, 1.37 to 1.41. */
        V1_37,
        /** The same, 1.27 to 1.36. */
        V1_27,
        /** The same, before 1.27. */
        V1_26,
        /** vLLM's spans. */
        VLLM,
        /** OpenLLMetry's instrumentations, which have names of their own in both name spaces. */
        OPENLLMETRY,
        /** OpenInference's. */
        OPENINFERENCE,
        /** OpenTelemetry's attributes of resources, users and errors, which are stable. */
        GENERAL
    }

    private static final double MILLIS_PER_SECOND = 1000;

    /** Every name; of several for one field the preferred first. */
    static final List<GenAiName> ALL =
            List.of(
                    new GenAiName("team", TokenUsage.TEAM, Vocabulary.OURS),
                    new GenAiName("project", TokenUsage.PROJECT, Vocabulary.OURS),
                    new GenAiName("workload", TokenUsage.WORKLOAD, Vocabulary.OURS),
                    new GenAiName("gpu_uuid", TokenUsage.GPU_UUID, Vocabulary.OURS),
                    new GenAiName("gpu_index", TokenUsage.GPU_INDEX, Vocabulary.OURS),
                    new GenAiName("gen_ai.response.id", TokenUsage.REQUEST_ID, Vocabulary.V1_27),
                    new GenAiName("gen_ai.request.id", TokenUsage.REQUEST_ID, Vocabulary.VLLM),
                    new GenAiName("gen_ai.provider.name", TokenUsage.PROVIDER, Vocabulary.V1_37),
                    new GenAiName("gen_ai.system", TokenUsage.PROVIDER, Vocabulary.V1_27),
                    new GenAiName("llm.provider", TokenUsage.PROVIDER, Vocabulary.OPENINFERENCE),
                    new GenAiName("gen_ai.operation.name", TokenUsage.OPERATION, Vocabulary.V1_27),
                    new GenAiName("llm.request.type", TokenUsage.OPERATION, Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "openinference.span.kind",
                            TokenUsage.OPERATION,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName("gen_ai.request.model", TokenUsage.MODEL, Vocabulary.V1_26),
                    new GenAiName("llm.model_name", TokenUsage.MODEL, Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.response.model", TokenUsage.RESPONSE_MODEL, Vocabulary.V1_26),
                    new GenAiName(
                            "gen_ai.usage.input_tokens",
                            TokenUsage.PROMPT_TOKENS,
                            Vocabulary.V1_27),
                    new GenAiName(
                            "gen_ai.usage.prompt_tokens",
                            TokenUsage.PROMPT_TOKENS,
                            Vocabulary.V1_26),
                    new GenAiName(
                            "llm.usage.prompt_tokens",
                            TokenUsage.PROMPT_TOKENS,
                            Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "llm.token_count.prompt",
                            TokenUsage.PROMPT_TOKENS,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.usage.output_tokens",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.V1_27),
                    new GenAiName(
                            "gen_ai.usage.completion_tokens",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.V1_26),
                    new GenAiName(
                            "llm.usage.completion_tokens",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "llm.token_count.completion",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.usage.cache_read.input_tokens",
                            TokenUsage.CACHED_PROMPT_TOKENS,
                            Vocabulary.V1_37),
                    new GenAiName(
                            "gen_ai.usage.cache_read_input_tokens",
                            TokenUsage.CACHED_PROMPT_TOKENS,
                            Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "llm.token_count.prompt_details.cache_read",
                            TokenUsage.CACHED_PROMPT_TOKENS,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.usage.cache_write.input_tokens",
                            TokenUsage.CACHE_WRITE_TOKENS,
                            Vocabulary.GENAI),
                    new GenAiName(
                            "gen_ai.usage.cache_creation.input_tokens",
                            TokenUsage.CACHE_WRITE_TOKENS,
                            Vocabulary.V1_37),
                    new GenAiName(
                            "gen_ai.usage.cache_creation_input_tokens",
                            TokenUsage.CACHE_WRITE_TOKENS,
                            Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "llm.token_count.prompt_details.cache_write",
                            TokenUsage.CACHE_WRITE_TOKENS,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.usage.reasoning.output_tokens",
                            TokenUsage.REASONING_TOKENS,
                            Vocabulary.V1_37),
                    new GenAiName(
                            "gen_ai.usage.reasoning_tokens",
                            TokenUsage.REASONING_TOKENS,
                            Vocabulary.OPENLLMETRY),
                    new GenAiName(
                            "llm.token_count.completion_details.reasoning",
                            TokenUsage.REASONING_TOKENS,
                            Vocabulary.OPENINFERENCE),
                    new GenAiName(
                            "gen_ai.server.request.duration",
                            TokenUsage.LATENCY_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.V1_27),
                    new GenAiName(
                            "gen_ai.client.operation.duration",
                            TokenUsage.LATENCY_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.V1_27),
                    new GenAiName(
                            "gen_ai.latency.e2e",
                            TokenUsage.LATENCY_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.VLLM),
                    new GenAiName(
                            "gen_ai.response.time_to_first_chunk",
                            TokenUsage.TTFT_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.GENAI),
                    new GenAiName(
                            "gen_ai.server.time_to_first_token",
                            TokenUsage.TTFT_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.V1_27),
                    new GenAiName(
                            "gen_ai.latency.time_to_first_token",
                            TokenUsage.TTFT_MS,
                            MILLIS_PER_SECOND,
                            Vocabulary.VLLM),
                    new GenAiName("gen_ai.request.stream", TokenUsage.STREAM, Vocabulary.V1_37),
                    new GenAiName(
                            "gen_ai.response.finish_reasons", TokenUsage.STATUS, Vocabulary.V1_26),
                    new GenAiName("error.type", TokenUsage.ERROR_TYPE, Vocabulary.GENERAL),
                    new GenAiName("user.id", TokenUsage.USER, Vocabulary.GENERAL),
                    new GenAiName("enduser.id", TokenUsage.USER, Vocabulary.GENERAL),
                    new GenAiName("service.name", TokenUsage.WORKLOAD, Vocabulary.GENERAL),
                    new GenAiName("host.name", TokenUsage.HOST, Vocabulary.GENERAL),
                    new GenAiName("server.address", TokenUsage.HOST, Vocabulary.GENERAL),
                    new GenAiName("k8s.pod.name", TokenUsage.POD, Vocabulary.GENERAL),
                    new GenAiName("k8s.namespace.name", TokenUsage.NAMESPACE, Vocabulary.GENERAL),
                    new GenAiName("hw.id", TokenUsage.GPU_UUID, Vocabulary.GENERAL));

    private GenAiName(String attribute, Field<?> field, Vocabulary vocabulary) {
        this(attribute, field, 1, vocabulary);
    }
}
