package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.GpuSamples;
import gpuanalytics.producer.translate.GpuSamples.Found;
import gpuanalytics.producer.translate.Instance;
import gpuanalytics.producer.translate.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What exporters showed to Prometheus and a Collector passed on, in one request: all of an exporter
 * at one time is read as if it had been scraped here.
 */
final class ExporterPoints {

    private static final String SERVICE = "service.name";
    private static final String INSTANCE = "service.instance.id";

    private final EventWriter events;
    private final Map<Attributes, Exporter> exporters = new HashMap<>();
    private final Map<Moment, List<Reading>> moments = new LinkedHashMap<>();

    ExporterPoints(EventWriter events) {
        this.events = events;
    }

    /**
     * An exporter, by what its resource says.
     *
     * @param job what it is called among others, as its instance; empty where it is not
     * @param labels what is true of all its GPUs
     */
    private record Exporter(String job, String instance, Map<String, String> labels) {

        static Exporter of(Attributes resource) {
            var labels = new LinkedHashMap<String, String>();
            for (var name : resource.names()) {
                var field = GpuPoint.field(name);
                if (field != null && GpuPoint.isOfGpu(field)) {
                    text(resource, name).ifPresent(text -> labels.put(name, text));
                }
            }
            return new Exporter(
                    resource.text(SERVICE).orElse(""), resource.text(INSTANCE).orElse(""), labels);
        }

        /** The machine that was asked, where that is known. */
        @Nullable String host() {
            return Instance.isAddress(instance) ? Instance.host(instance) : null;
        }
    }

    private record Moment(Exporter exporter, long unixNanos) {}

    private record Reading(GpuPoint point, Series series) {}

    /** Takes a point, unless it says nothing: its series has ended. */
    boolean add(GpuPoint point, Attributes resource) {
        var value = point.value();
        if (value == null) {
            return false;
        }
        var exporter = exporters.computeIfAbsent(resource, Exporter::of);
        var labels = labels(point.attributes(), exporter);
        moments.computeIfAbsent(
                        new Moment(exporter, point.data().getTimeUnixNano()),
                        _ -> new ArrayList<>())
                .add(new Reading(point, new Series(point.name(), labels, value)));
        return true;
    }

    /** Those of the point, and of its exporter what the point does not say itself. */
    private static Map<String, String> labels(Attributes own, Exporter exporter) {
        var labels = new LinkedHashMap<String, String>();
        var said = new HashSet<Field<?>>();
        for (var name : own.names()) {
            var text = text(own, name);
            if (text.isPresent()) {
                labels.put(name, text.get());
                var field = GpuPoint.field(name);
                if (field != null) {
                    said.add(field);
                }
            }
        }
        exporter.labels()
                .forEach(
                        (name, text) -> {
                            if (!said.contains(GpuPoint.field(name))) {
                                labels.put(name, text);
                            }
                        });
        return labels;
    }

    /** An attribute as a label of Prometheus would be. */
    private static Optional<String> text(Attributes attributes, String name) {
        return attributes
                .text(name)
                .or(
                        () ->
                                Optional.ofNullable(attributes.number(name))
                                        .map(it -> it.stripTrailingZeros().toPlainString()));
    }

    /** Makes samples of all that was taken. */
    void tell(Translation into) throws BadRequestException {
        for (var moment : moments.entrySet()) {
            tell(moment.getKey(), moment.getValue(), into);
        }
    }

    private void tell(Moment moment, List<Reading> readings, Translation into)
            throws BadRequestException {
        var found = GpuSamples.of(readings.stream().map(Reading::series).toList());
        var points = new HashMap<Integer, List<GpuPoint>>();
        for (int i = 0; i < readings.size(); i++) {
            points.computeIfAbsent(found.places().get(i), _ -> new ArrayList<>())
                    .add(readings.get(i).point());
        }
        for (int i = 0; i < found.values().size(); i++) {
            add(moment, found.values().get(i), points.getOrDefault(i, List.of()), into);
        }
        var nameless = points.get(Found.NO_GPU);
        if (nameless != null) {
            // whoever sends should know; the contract says what is missing
            var values = new LinkedHashMap<String, Object>(moment.exporter().labels());
            values.put(GpuMetric.NAME.name(), GpuSamples.UNKNOWN);
            add(moment, values, nameless, into);
        }
    }

    private void add(
            Moment moment, Map<String, Object> values, List<GpuPoint> points, Translation into)
            throws BadRequestException {
        var host = moment.exporter().host();
        var node = values.getOrDefault(GpuMetric.NODE.name(), host);
        if (node != null) {
            values.putIfAbsent(GpuMetric.HOST.name(), node);
        }
        into.add(GpuPoint.told(values, moment.unixNanos(), points, events), points.size());
    }
}
