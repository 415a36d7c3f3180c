package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that sum up the tokens of many requests, as one usage per series and interval, for the
 * services that are counted from them. Only deltas: of a cumulative sum the difference hangs on the
 * value before, which another replica of the door may have seen.
 */
final class TokenMetrics {

    private static final String MEDIA_TYPE = "application/x-protobuf";
    private static final String HISTOGRAM = "gen_ai.client.token.usage";
    private static final String TOKEN_TYPE = "gen_ai.token.type";

    private static final Map<String, Field<Long>> COUNTERS =
            Map.of(
                    "gen_ai.client.inference.usage.input_tokens", TokenUsage.PROMPT_TOKENS,
                    "gen_ai.client.inference.usage.output_tokens", TokenUsage.COMPLETION_TOKENS,
                    "vllm:prompt_tokens", TokenUsage.PROMPT_TOKENS,
                    "vllm:prompt_tokens_total", TokenUsage.PROMPT_TOKENS,
                    "vllm:generation_tokens", TokenUsage.COMPLETION_TOKENS,
                    "vllm:generation_tokens_total", TokenUsage.COMPLETION_TOKENS);

    private static final int ID_BYTES = 16;

    private final EventWriter events;
    private final UsageOrigins origins;

    TokenMetrics(EventWriter events, UsageOrigins origins) {
        this.events = events;
        this.origins = origins;
    }

    /** A number of tokens that were used in an interval. */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    private record Interval(
            List<KeyValue> attributes, long start, long end, double tokens, byte[] bytes) {

        static Interval of(HistogramDataPoint point) {
            return new Interval(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.getSum(),
                    point.toByteArray());
        }

        static Interval of(NumberDataPoint point) {
            return new Interval(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.hasAsInt() ? point.getAsInt() : point.getAsDouble(),
                    point.toByteArray());
        }
    }

    /** Takes a metric, or passes it over where it is none of tokens, or not to be counted. */
    void translate(Metric metric, Attributes resource, Translation into)
            throws BadRequestException {
        if (!isOfTokens(metric) || !origins.allow(UsageOrigin.METRICS, resource, into)) {
            into.pass(points(metric));
            return;
        }
        if (!isDelta(metric)) {
            into.warn(
                    "%s is no delta, expected OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta"
                            .formatted(metric.getName()));
            into.pass(points(metric));
            return;
        }
        for (var interval : intervals(metric)) {
            var attributes = resource.with(interval.attributes());
            var field = field(metric, attributes);
            if (field == null || interval.tokens() == 0 || !Double.isFinite(interval.tokens())) {
                into.pass(1);
                continue;
            }
            var topic = EventTopic.TOKEN_USAGE;
            var decoded =
                    events.write(topic, values(metric.getName(), interval, attributes, field));
            into.add(Told.of(decoded, topic, MEDIA_TYPE, interval.bytes()), 1);
        }
    }

    private static boolean isOfTokens(Metric metric) {
        return metric.getName().equals(HISTOGRAM) || COUNTERS.containsKey(metric.getName());
    }

    private static boolean isDelta(Metric metric) {
        var delta = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
        return switch (metric.getDataCase()) {
            case SUM -> metric.getSum().getAggregationTemporality() == delta;
            case HISTOGRAM -> metric.getHistogram().getAggregationTemporality() == delta;
            default -> false;
        };
    }

    private static List<Interval> intervals(Metric metric) {
        return metric.hasHistogram()
                ? metric.getHistogram().getDataPointsList().stream().map(Interval::of).toList()
                : metric.getSum().getDataPointsList().stream().map(Interval::of).toList();
    }

    private static @Nullable Field<Long> field(Metric metric, Attributes attributes) {
        return metric.getName().equals(HISTOGRAM)
                ? switch (attributes.text(TOKEN_TYPE).orElse("")) {
                    case "input" -> TokenUsage.PROMPT_TOKENS;
                    case "output", "completion" -> TokenUsage.COMPLETION_TOKENS;
                    default -> null;
                }
                : COUNTERS.get(metric.getName());
    }

    private static Map<String, Object> values(
            String metric, Interval interval, Attributes attributes, Field<Long> field) {
        var values = GenAiUsage.values(attributes);
        attributes
                .text("model_name")
                .ifPresent(model -> values.putIfAbsent(TokenUsage.MODEL.name(), model));
        values.put(field.name(), BigDecimal.valueOf(interval.tokens()));
        values.put(TokenUsage.EVENT_ID.name(), identity(metric, interval, attributes));
        if (interval.end() != 0) {
            values.put(TokenUsage.TS.name(), EventWriter.time(interval.end()));
        }
        values.put(TokenUsage.SOURCE.name(), "otlp.metrics");
        return values;
    }

    /** The same for a point that is sent again: its series and its interval. */
    private static String identity(String metric, Interval interval, Attributes attributes) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update(
                    "%s %d %d".formatted(metric, interval.start(), interval.end()).getBytes(UTF_8));
            for (var each : new TreeMap<>(attributes.values()).entrySet()) {
                hash.update(each.getKey().getBytes(UTF_8));
                hash.update((byte) 0);
                hash.update(each.getValue().toByteArray());
            }
            return "otlp.metrics/" + HexFormat.of().formatHex(hash.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
