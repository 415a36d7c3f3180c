package gpuanalytics.producer.receive.otlp;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.GpuSamples;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;

/**
 * Metrics as events: an exporter's names of GPUs go the way that they go when they are scraped,
 * OpenTelemetry's own and the contract's beside them, and the rest may be tokens.
 */
final class GpuPoints {

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

    /** The points of one request. */
    private record Collected(ExporterPoints exporters, HardwarePoints hardware) {

        /** Takes a point, unless it says nothing to us. */
        boolean add(GpuPoint point, Attributes resource) {
            return GpuSamples.isReading(point.name())
                    ? exporters.add(point, resource)
                    : hardware.add(point, resource);
        }
    }

    void translate(ExportMetricsServiceRequest request, Translation into)
            throws BadRequestException {
        var collected = new Collected(new ExporterPoints(events), new HardwarePoints(events));
        for (var ofResource : request.getResourceMetricsList()) {
            var resource = Attributes.of(ofResource.getResource().getAttributesList());
            for (var ofScope : ofResource.getScopeMetricsList()) {
                for (var metric : ofScope.getMetricsList()) {
                    if (!collect(metric, resource, collected, into)) {
                        tokens.translate(metric, ofScope.getScope(), resource, into);
                    }
                }
            }
        }
        collected.exporters().tell(into);
        collected.hardware().tell(into);
    }

    /** Whether the metric is one of GPUs. */
    private static boolean collect(
            Metric metric, Attributes resource, Collected collected, Translation into) {
        var name = metric.getName();
        var points =
                GpuSamples.isReading(name) || HardwarePoints.isReading(name)
                        ? GpuPoint.all(metric)
                        : null;
        if (points == null) {
            return false;
        }
        boolean isWrong = GpuPoint.isDelta(metric) != HardwarePoints.isByInterval(name);
        for (var point : points) {
            boolean isWanted = GpuSamples.isReading(name) || HardwarePoints.isWanted(point);
            if (isWanted && isWrong) {
                into.warn(
                        GpuPoint.isDelta(metric)
                                ? name + " is a delta, expected a cumulative sum or a gauge"
                                : name
                                        + " is no delta, expected the Collector's"
                                        + " cumulativetodelta");
            }
            if (!isWanted || isWrong || !collected.add(point, resource)) {
                into.pass(1);
            }
        }
        return true;
    }
}
