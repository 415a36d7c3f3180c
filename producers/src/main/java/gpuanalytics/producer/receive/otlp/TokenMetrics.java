package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Said;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that sum up the tokens of many requests, as one usage per series and interval, for the
 * services that are counted from them. A delta tells its interval by itself. Of a cumulative sum
 * the difference hangs on the value before, which another replica of the door may have seen, so it
 * is counted only where that is asked for.
 */
final class TokenMetrics {

    private static final String MEDIA_TYPE = "application/x-protobuf";
    private static final String EXPECTED_DELTA =
            "expected OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta";

    private static final int ID_BYTES = 16;

    private final EventWriter events;
    private final UsageOrigins origins;
    private final Optional<CumulativeStreams> streams;

    /**
     * Makes usages.
     *
     * @param streams what cumulative sums said last; empty where they are not counted
     */
    TokenMetrics(EventWriter events, UsageOrigins origins, Optional<CumulativeStreams> streams) {
        this.events = events;
        this.origins = origins;
        this.streams = streams;
    }

    /**
     * A number of tokens, of an interval or since its start.
     *
     * @param tokens how many; NaN where the point has no value
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    private record Interval(
            List<KeyValue> attributes, long start, long end, double tokens, byte[] bytes) {

        static Interval of(HistogramDataPoint point) {
            return new Interval(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.hasSum() && isRecorded(point.getFlags()) ? point.getSum() : Double.NaN,
                    point.toByteArray());
        }

        static Interval of(ExponentialHistogramDataPoint point) {
            return new Interval(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    point.hasSum() && isRecorded(point.getFlags()) ? point.getSum() : Double.NaN,
                    point.toByteArray());
        }

        static Interval of(NumberDataPoint point) {
            return new Interval(
                    point.getAttributesList(),
                    point.getStartTimeUnixNano(),
                    point.getTimeUnixNano(),
                    isRecorded(point.getFlags()) ? value(point) : Double.NaN,
                    point.toByteArray());
        }

        private static boolean isRecorded(int flags) {
            return (flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) == 0;
        }

        private static double value(NumberDataPoint point) {
            return switch (point.getValueCase()) {
                case AS_INT -> point.getAsInt();
                case AS_DOUBLE -> point.getAsDouble();
                case VALUE_NOT_SET -> Double.NaN;
            };
        }

        /** The same with what a sum rose by in place of the sum. */
        Interval with(CumulativeStreams.Rise rise) {
            return new Interval(attributes, rise.from(), rise.to(), rise.by(), bytes);
        }
    }

    /** Takes a metric, or passes it over where it is none of tokens, or not to be counted. */
    void translate(Metric metric, InstrumentationScope scope, Attributes resource, Translation into)
            throws BadRequestException {
        var name = TokenMetricName.of(metric.getName());
        if (name == null || !origins.allow(UsageOrigin.METRICS, resource, into)) {
            into.pass(points(metric));
            return;
        }
        var problem = problem(metric);
        if (problem != null) {
            into.warn(metric.getName() + problem);
            into.pass(points(metric));
            return;
        }
        boolean isCumulative =
                temporality(metric) == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        for (var point : intervals(metric)) {
            var attributes = resource.with(point.attributes());
            var field = name.field(attributes);
            if (field == null || !Double.isFinite(point.tokens())) {
                into.pass(1);
            } else if (isCumulative) {
                addRise(metric.getName(), scope, point, attributes, field, into);
            } else if (point.tokens() == 0) {
                into.pass(1);
            } else {
                into.add(told(metric.getName(), point, attributes, field), 1);
            }
        }
    }

    private void addRise(
            String metric,
            InstrumentationScope scope,
            Interval point,
            Attributes attributes,
            Field<Long> field,
            Translation into)
            throws BadRequestException {
        var stream =
                hash("%s %s %s".formatted(metric, scope.getName(), scope.getVersion()), attributes);
        // Times are unsigned; what would be negative lies beyond the year 2262.
        var rise =
                point.end() <= 0 || point.start() < 0
                        ? Optional.<CumulativeStreams.Rise>empty()
                        : streams.orElseThrow()
                                .advance(
                                        stream,
                                        new CumulativeStreams.Point(
                                                point.start(), point.end(), point.tokens()));
        if (rise.isEmpty()) {
            into.pass(1);
        } else {
            into.addRise(told(stream, point.with(rise.get()), attributes, field));
        }
    }

    private Told told(String metric, Interval interval, Attributes attributes, Field<Long> field) {
        var topic = EventTopic.TOKEN_USAGE;
        var decoded = events.write(said(metric, interval, attributes, field));
        return Told.of(decoded, topic, MEDIA_TYPE, interval.bytes());
    }

    /** Why nothing of a metric can be counted, to be said behind its name; null where it can. */
    private @Nullable String problem(Metric metric) {
        return switch (metric.getDataCase()) {
            case SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM ->
                    switch (temporality(metric)) {
                        case AGGREGATION_TEMPORALITY_DELTA -> null;
                        case AGGREGATION_TEMPORALITY_CUMULATIVE -> problemOfCumulative(metric);
                        default -> " tells no temporality, " + EXPECTED_DELTA;
                    };
            case GAUGE -> " is a gauge, expected a sum or a histogram of tokens";
            case SUMMARY -> " is a summary, expected a sum or a histogram of tokens";
            case DATA_NOT_SET -> " has no points, expected a sum or a histogram of tokens";
        };
    }

    private @Nullable String problemOfCumulative(Metric metric) {
        if (metric.hasSum() && !metric.getSum().getIsMonotonic()) {
            return " is no delta and may fall, " + EXPECTED_DELTA;
        }
        return streams.isPresent()
                ? null
                : " is no delta, "
                        + EXPECTED_DELTA
                        + ", or DOOR_CUMULATIVE_USAGE=true at the only replica";
    }

    private static AggregationTemporality temporality(Metric metric) {
        return switch (metric.getDataCase()) {
            case SUM -> metric.getSum().getAggregationTemporality();
            case HISTOGRAM -> metric.getHistogram().getAggregationTemporality();
            case EXPONENTIAL_HISTOGRAM ->
                    metric.getExponentialHistogram().getAggregationTemporality();
            case GAUGE, SUMMARY, DATA_NOT_SET ->
                    AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED;
        };
    }

    private static List<Interval> intervals(Metric metric) {
        return switch (metric.getDataCase()) {
            case HISTOGRAM ->
                    metric.getHistogram().getDataPointsList().stream().map(Interval::of).toList();
            case EXPONENTIAL_HISTOGRAM ->
                    metric.getExponentialHistogram().getDataPointsList().stream()
                            .map(Interval::of)
                            .toList();
            default -> metric.getSum().getDataPointsList().stream().map(Interval::of).toList();
        };
    }

    private static Said said(
            String metric, Interval interval, Attributes attributes, Field<Long> field) {
        var said = GenAiUsage.said(attributes);
        if (!said.has(TokenUsage.MODEL)) {
            attributes.text("model_name").ifPresent(model -> said.set(TokenUsage.MODEL, model));
        }
        said.set(field, BigDecimal.valueOf(interval.tokens()));
        said.set(TokenUsage.EVENT_ID, identity(metric, interval, attributes));
        if (interval.end() != 0) {
            said.set(TokenUsage.TS, EventWriter.time(interval.end()));
        }
        return said.set(TokenUsage.SOURCE, "otlp.metrics");
    }

    /** The same for a point that is sent again: its series and its interval. */
    private static String identity(String metric, Interval interval, Attributes attributes) {
        return "otlp.metrics/"
                + hash("%s %d %d".formatted(metric, interval.start(), interval.end()), attributes);
    }

    private static String hash(String name, Attributes attributes) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update(name.getBytes(UTF_8));
            for (var each : new TreeMap<>(attributes.values()).entrySet()) {
                hash.update(each.getKey().getBytes(UTF_8));
                hash.update((byte) 0);
                hash.update(each.getValue().toByteArray());
            }
            return HexFormat.of().formatHex(hash.digest(), 0, ID_BYTES);
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
