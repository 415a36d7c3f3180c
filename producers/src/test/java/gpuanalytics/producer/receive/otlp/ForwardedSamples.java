package gpuanalytics.producer.receive.otlp;

import static gpuanalytics.producer.receive.otlp.SpanUsagesTest.attributes;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.Series;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a Collector passes on of an exporter that it scrapes. */
public final class ForwardedSamples {

    private static final long STALE = 0x7ff0000000000002L;

    private ForwardedSamples() {}

    /** The events of its request. */
    public static List<Told> of(
            List<Series> shown, String instance, Instant time, EventWriter events)
            throws BadRequestException {
        var resource =
                Map.<String, Object>of(
                        "service.name", "gpus",
                        "service.instance.id", instance,
                        "k8s.pod.name", "exporter-of-the-node",
                        "url.scheme", "http");
        var metrics = shown.stream().map(series -> metric(series, time)).toArray(Metric[]::new);
        var into = new Translation(100);
        var tokens = new TokenMetrics(events, new UsageOrigins(Map.of()), Optional.empty());
        new GpuPoints(events, tokens).translate(GpuPointsTest.request(resource, metrics), into);
        return into.items();
    }

    private static Metric metric(Series series, Instant time) {
        var metric = Metric.newBuilder().setName(series.name());
        var point = point(series, time);
        if (series.name().endsWith("_TOTAL")) {
            metric.setSum(
                    Sum.newBuilder()
                            .setIsMonotonic(true)
                            .setAggregationTemporality(
                                    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                            .addDataPoints(point));
        } else {
            metric.setGauge(Gauge.newBuilder().addDataPoints(point));
        }
        return metric.build();
    }

    private static NumberDataPoint.Builder point(Series series, Instant time) {
        var point =
                NumberDataPoint.newBuilder()
                        .setTimeUnixNano(time.getEpochSecond() * 1_000_000_000 + time.getNano())
                        .addAllAttributes(attributes(Map.copyOf(series.labels())));
        return Double.doubleToRawLongBits(series.value()) == STALE
                ? point.setFlags(DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE)
                : point.setAsDouble(series.value());
    }
}
