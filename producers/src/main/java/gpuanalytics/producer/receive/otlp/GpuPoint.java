package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A number that was read of a GPU.
 *
 * @param metric which has others too
 * @param attributes its own, without those of the resource
 */
record GpuPoint(Metric metric, NumberDataPoint data, Attributes attributes) {

    private static final String MEDIA_TYPE = "application/x-protobuf";

    /** Of the resource these are the exporter's own, not those of who holds the GPU. */
    private static final Set<Field<?>> HOLDER =
            Set.of(
                    GpuMetric.POD,
                    GpuMetric.NAMESPACE,
                    GpuMetric.CONTAINER,
                    GpuMetric.TEAM,
                    GpuMetric.NAME);

    private GpuPoint(Metric metric, NumberDataPoint data) {
        this(metric, data, Attributes.of(data.getAttributesList()));
    }

    /** The points of a metric that has numbers, or null. */
    static @Nullable List<GpuPoint> all(Metric metric) {
        var points =
                switch (metric.getDataCase()) {
                    case GAUGE -> metric.getGauge().getDataPointsList();
                    case SUM -> metric.getSum().getDataPointsList();
                    default -> null;
                };
        return points == null
                ? null
                : points.stream().map(point -> new GpuPoint(metric, point)).toList();
    }

    static boolean isDelta(Metric metric) {
        return metric.hasSum()
                && metric.getSum().getAggregationTemporality()
                        == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
    }

    /** The field of samples that a name of a metric or of an attribute means, or null. */
    static @Nullable Field<?> field(String name) {
        var named = EventTopic.GPU_METRICS.fields().find(name);
        return named == null ? null : named.field();
    }

    /** Whether an attribute of a resource tells of the GPU as one of a point does. */
    static boolean isOfGpu(Field<?> ofResource) {
        return !HOLDER.contains(ofResource);
    }

    String name() {
        return metric.getName();
    }

    /** Its value, which may be NaN; null where it has none. */
    @Nullable Double value() {
        if ((data.getFlags() & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) != 0) {
            return null;
        }
        return switch (data.getValueCase()) {
            case AS_INT -> (double) data.getAsInt();
            case AS_DOUBLE -> data.getAsDouble();
            case VALUE_NOT_SET -> null;
        };
    }

    /** The metric with this point only. */
    private Metric alone() {
        var alone = metric.toBuilder();
        if (metric.hasGauge()) {
            alone.getGaugeBuilder().clearDataPoints().addDataPoints(data);
        } else {
            alone.getSumBuilder().clearDataPoints().addDataPoints(data);
        }
        return alone.build();
    }

    /**
     * The sample that points have told.
     *
     * @param values what they say, by names that the contract knows; changed
     * @param unixNanos when it was; 0 where that is not known
     */
    static Told told(
            Map<String, Object> values, long unixNanos, List<GpuPoint> points, EventWriter events) {
        if (unixNanos != 0) {
            values.put(GpuMetric.TS.name(), EventWriter.time(unixNanos));
        }
        values.put(GpuMetric.SOURCE.name(), "otlp");
        var topic = EventTopic.GPU_METRICS;
        return Told.of(events.write(topic, values), topic, MEDIA_TYPE, () -> bytes(points));
    }

    /** Points as they came, for the dead letters: each with its length before it. */
    private static byte[] bytes(List<GpuPoint> points) {
        var bytes = new ByteArrayOutputStream();
        try {
            for (var point : points) {
                point.alone().writeDelimitedTo(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
