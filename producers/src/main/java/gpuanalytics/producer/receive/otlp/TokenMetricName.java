package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.otlp.GenAiName.Vocabulary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A metric that sums up tokens of requests.
 *
 * @param metric its name
 * @param field what it sums up; null where {@link #TOKEN_TYPE} of each point tells
 * @param vocabulary where the name is from
 */
record TokenMetricName(String metric, @Nullable Field<Long> field, Vocabulary vocabulary) {

    /** The attribute that tells whether tokens were read or written. */
    static final String TOKEN_TYPE = "gen_ai.token.type";

    /** Every name. */
    static final List<TokenMetricName> ALL =
            List.of(
                    new TokenMetricName("gen_ai.client.token.usage", null, Vocabulary.V1_27),
                    new TokenMetricName(
                            "gen_ai.client.inference.usage.input_tokens",
                            TokenUsage.PROMPT_TOKENS,
                            Vocabulary.GENAI),
                    new TokenMetricName(
                            "gen_ai.client.inference.usage.output_tokens",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.GENAI),
                    new TokenMetricName(
                            "vllm:prompt_tokens", TokenUsage.PROMPT_TOKENS, Vocabulary.VLLM),
                    new TokenMetricName(
                            "vllm:prompt_tokens_total", TokenUsage.PROMPT_TOKENS, Vocabulary.VLLM),
                    new TokenMetricName(
                            "vllm:generation_tokens",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.VLLM),
                    new TokenMetricName(
                            "vllm:generation_tokens_total",
                            TokenUsage.COMPLETION_TOKENS,
                            Vocabulary.VLLM));

    /** What a metric of this name is; null where it is none of tokens. */
    static @Nullable TokenMetricName of(String metric) {
        for (var name : ALL) {
            if (name.metric.equals(metric)) {
                return name;
            }
        }
        return null;
    }

    /** What a point with these attributes sums up; null where that cannot be told. */
    @Nullable Field<Long> field(Attributes point) {
        return field != null
                ? field
                : switch (point.text(TOKEN_TYPE).orElse("")) {
                    case "input" -> TokenUsage.PROMPT_TOKENS;
                    case "output", "completion" -> TokenUsage.COMPLETION_TOKENS;
                    default -> null;
                };
    }
}
