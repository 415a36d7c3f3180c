package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Points of GPU metrics, as samples: what was read of one GPU at one time is one sample, whatever
 * metrics it came in. Names are those of the contract: OpenTelemetry's {@code hw.*} and DCGM's.
 */
final class GpuPoints {

    private static final String MEDIA_TYPE = "application/x-protobuf";
    private static final String TYPE = "hw.type";
    private static final String TASK = "hw.gpu.task";

    /** Of the resource these are the exporter's own, not those of who holds the GPU. */
    private static final Set<Field<?>> HOLDER =
            Set.of(
                    GpuMetric.POD,
                    GpuMetric.NAMESPACE,
                    GpuMetric.CONTAINER,
                    GpuMetric.TEAM,
                    GpuMetric.NAME);

    private final EventWriter events;
    private final TokenMetrics tokens;

    /**
     * Makes samples.
     *
     * @param tokens takes what is no metric of GPUs
     */
    GpuPoints(EventWriter events, TokenMetrics tokens) {
        this.events = events;
        this.tokens = tokens;
    }

    /** One GPU at one time. */
    private record Moment(Map<String, Object> labels, long unixNanos) {}

    /** What was read then, and the points that told it. */
    private static final class Readings {
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final ByteArrayOutputStream points = new ByteArrayOutputStream();
        private int parts;

        void add(String metric, BigDecimal value, Metric point) {
            values.put(metric, value);
            parts++;
            try {
                // each with its length before it, as in a request
                point.writeDelimitedTo(points);
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory", e);
            }
        }
    }

    void translate(ExportMetricsServiceRequest request, Translation into)
            throws BadRequestException {
        var moments = new LinkedHashMap<Moment, Readings>();
        for (var ofResource : request.getResourceMetricsList()) {
            var resource = Attributes.of(ofResource.getResource().getAttributesList());
            for (var ofScope : ofResource.getScopeMetricsList()) {
                for (var metric : ofScope.getMetricsList()) {
                    if (!collect(metric, resource, moments, into)) {
                        tokens.translate(metric, ofScope.getScope(), resource, into);
                    }
                }
            }
        }
        for (var moment : moments.entrySet()) {
            var readings = moment.getValue();
            into.add(told(moment.getKey(), readings), readings.parts);
        }
    }

    /** Whether the metric is one of GPUs. */
    private static boolean collect(
            Metric metric, Attributes resource, Map<Moment, Readings> moments, Translation into) {
        var points = points(metric);
        var named = EventTopic.GPU_METRICS.fields().find(metric.getName());
        if (points == null || named == null || !isReading(named.field())) {
            return false;
        }
        if (isDelta(metric)) {
            into.warn(
                    "%s is a delta, expected a cumulative sum or a gauge"
                            .formatted(metric.getName()));
            into.pass(points.size());
            return true;
        }
        for (var point : points) {
            var attributes = Attributes.of(point.getAttributesList());
            var value = value(point);
            if (value == null || !isOfGpu(metric.getName(), attributes)) {
                into.pass(1);
                continue;
            }
            moments.computeIfAbsent(
                            new Moment(labels(attributes, resource), point.getTimeUnixNano()),
                            _ -> new Readings())
                    .add(metric.getName(), value, alone(metric, point));
        }
        return true;
    }

    private static boolean isReading(Field<?> field) {
        return field.aggregation() != Aggregation.NONE || field.equals(GpuMetric.XID);
    }

    private static @Nullable List<NumberDataPoint> points(Metric metric) {
        return switch (metric.getDataCase()) {
            case GAUGE -> metric.getGauge().getDataPointsList();
            case SUM -> metric.getSum().getDataPointsList();
            default -> null;
        };
    }

    private static boolean isDelta(Metric metric) {
        return metric.hasSum()
                && metric.getSum().getAggregationTemporality()
                        == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
    }

    /** The names of power and temperature are those of fans and disks too. */
    private static boolean isOfGpu(String metric, Attributes attributes) {
        if (metric.startsWith("hw.") && !metric.startsWith("hw.gpu.")) {
            return attributes.text(TYPE).filter("gpu"::equals).isPresent();
        }
        return attributes.text(TASK).map("general"::equals).orElse(true);
    }

    private static @Nullable BigDecimal value(NumberDataPoint point) {
        if ((point.getFlags() & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE)
                != 0) {
            return null;
        }
        return switch (point.getValueCase()) {
            case AS_INT -> BigDecimal.valueOf(point.getAsInt());
            case AS_DOUBLE ->
                    Double.isFinite(point.getAsDouble())
                            ? BigDecimal.valueOf(point.getAsDouble())
                            : null;
            case VALUE_NOT_SET -> null;
        };
    }

    private static Map<String, Object> labels(Attributes point, Attributes resource) {
        var labels = new LinkedHashMap<String, Object>();
        for (var name : resource.names()) {
            put(labels, resource, name, true);
        }
        for (var name : point.names()) {
            put(labels, point, name, false);
        }
        if (!point.has("hw.model") && !point.has("modelName")) {
            point.text("hw.name").ifPresent(name -> labels.putIfAbsent("name", name));
        }
        return labels;
    }

    private static void put(
            Map<String, Object> labels, Attributes from, String name, boolean ofResource) {
        var named = EventTopic.GPU_METRICS.fields().find(name);
        if (named == null
                || isReading(named.field())
                || (ofResource && HOLDER.contains(named.field()))) {
            return;
        }
        var number = named.field().equals(GpuMetric.GPU_INDEX) ? from.number(name) : null;
        if (number != null) {
            labels.put(GpuMetric.GPU_INDEX.name(), number);
        } else {
            from.text(name).ifPresent(text -> labels.put(name, text));
        }
    }

    /** The metric with this point only, for the dead letters. */
    private static Metric alone(Metric metric, NumberDataPoint point) {
        var alone = metric.toBuilder();
        if (metric.hasGauge()) {
            alone.getGaugeBuilder().clearDataPoints().addDataPoints(point);
        } else {
            alone.getSumBuilder().clearDataPoints().addDataPoints(point);
        }
        return alone.build();
    }

    private Told told(Moment moment, Readings readings) {
        var values = new LinkedHashMap<>(moment.labels());
        values.putAll(readings.values);
        values.keySet().removeAll(Set.of(GpuMetric.TS.name(), GpuMetric.EVENT_ID.name()));
        if (moment.unixNanos() != 0) {
            values.put(GpuMetric.TS.name(), EventWriter.time(moment.unixNanos()));
        }
        values.put(GpuMetric.SOURCE.name(), "otlp");
        var topic = EventTopic.GPU_METRICS;
        return Told.of(
                events.write(topic, values), topic, MEDIA_TYPE, readings.points.toByteArray());
    }
}
