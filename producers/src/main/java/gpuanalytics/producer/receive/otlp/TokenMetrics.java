package gpuanalytics.producer.receive.otlp;

import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.Set;

/**
 * Metrics that sum up the tokens of many requests. They name no request, and their sums would be
 * counted again with each replica that sees a part of them, so usage is counted from spans or log
 * records; the sender is told.
 */
final class TokenMetrics {

    private static final Set<String> NAMES =
            Set.of(
                    "gen_ai.client.token.usage",
                    "vllm:prompt_tokens",
                    "vllm:prompt_tokens_total",
                    "vllm:generation_tokens",
                    "vllm:generation_tokens_total");

    private static final String COUNTERS = "gen_ai.client.inference.usage.";

    private TokenMetrics() {}

    /** Passes a metric over, with a word to the sender where it is one of these. */
    static void pass(Metric metric, Attributes resource, Translation into) {
        if (NAMES.contains(metric.getName()) || metric.getName().startsWith(COUNTERS)) {
            into.warn(
                    "token usage in metrics of service \"%s\" is not counted, that in its spans is"
                            .formatted(resource.text(GenAiUsage.SERVICE).orElse("")));
        }
        into.pass(points(metric));
    }

    private static int points(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> metric.getGauge().getDataPointsCount();
            case SUM -> metric.getSum().getDataPointsCount();
            case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
            case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
            case SUMMARY -> metric.getSummary().getDataPointsCount();
            case DATA_NOT_SET -> 0;
        };
    }
}
