package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.translate.EventWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What OpenTelemetry's own metrics of hardware, or the contract's names, told of GPUs in one
 * request: what was read of one GPU at one time is one sample, whatever metrics it came in.
 */
final class HardwarePoints {

    private static final String TYPE = "hw.type";
    private static final String TASK = "hw.gpu.task";

    /** Errors of all kinds, of which the contract counts one. */
    private static final String ERRORS = "hw.errors";

    private static final String ERROR_TYPE = "error.type";
    private static final Pattern XID = Pattern.compile("(?i)xid([ _.:-]?[0-9]{1,7})?");

    /** Bytes, of which the contract wants the speed. */
    private static final String IO = "hw.gpu.io";

    private static final String DIRECTION = "network.io.direction";
    private static final double NANOS_PER_SECOND = 1e9;

    private final EventWriter events;
    private final Map<Moment, Readings> moments = new LinkedHashMap<>();

    HardwarePoints(EventWriter events) {
        this.events = events;
    }

    /** One GPU at one time. */
    private record Moment(Map<String, Object> labels, long unixNanos) {}

    /** What was read then, and the points that told it. */
    private static final class Readings {
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final Map<String, Double> errors = new LinkedHashMap<>();
        private final List<GpuPoint> points = new ArrayList<>();
    }

    /** Whether a metric is one of GPUs, or of GPUs too. */
    static boolean isReading(String metric) {
        var field = GpuPoint.field(metric);
        return metric.equals(ERRORS) || metric.equals(IO) || (field != null && isReading(field));
    }

    private static boolean isReading(Field<?> field) {
        return field.aggregation() != Aggregation.NONE || GpuMetric.READINGS.contains(field);
    }

    /** Whether a metric is wanted by the interval, and not since a start. */
    static boolean isByInterval(String metric) {
        return metric.equals(IO);
    }

    /** Whether a point is of a GPU, and the contract has a place for it. */
    static boolean isWanted(GpuPoint point) {
        return switch (point.name()) {
            case ERRORS ->
                    isOfGpu(point)
                            && XID.matcher(point.attributes().text(ERROR_TYPE).orElse(""))
                                    .matches();
            case IO -> isOfGpu(point) && speed(point) != null;
            default -> isOfGpu(point);
        };
    }

    /** The names of power and temperature are those of fans and disks too. */
    private static boolean isOfGpu(GpuPoint point) {
        if (point.name().startsWith("hw.") && !point.name().startsWith("hw.gpu.")) {
            return point.attributes().text(TYPE).filter("gpu"::equals).isPresent();
        }
        return point.attributes().text(TASK).map("general"::equals).orElse(true);
    }

    private static @Nullable Field<Double> speed(GpuPoint point) {
        return switch (point.attributes().text(DIRECTION).orElse("")) {
            case "transmit" -> GpuMetric.PCIE_TX_BPS;
            case "receive" -> GpuMetric.PCIE_RX_BPS;
            default -> null;
        };
    }

    /** Takes a point that is wanted, unless it says nothing. */
    boolean add(GpuPoint point, Attributes resource) {
        var value = point.value();
        if (value == null || !Double.isFinite(value)) {
            return false;
        }
        var speed = point.name().equals(IO) ? speed(point) : null;
        if (speed != null) {
            return addSpeed(speed, point, resource, value);
        }
        var readings = at(point, resource);
        if (point.name().equals(ERRORS)) {
            readings.errors.put(point.attributes().text(ERROR_TYPE).orElse(""), value);
        } else {
            readings.values.put(point.name(), EventWriter.number(value));
        }
        return true;
    }

    private boolean addSpeed(
            Field<Double> field, GpuPoint point, Attributes resource, double bytes) {
        long start = point.data().getStartTimeUnixNano();
        long nanos = point.data().getTimeUnixNano() - start;
        if (start == 0 || nanos <= 0) {
            return false;
        }
        at(point, resource)
                .values
                .put(field.name(), EventWriter.number(bytes / nanos * NANOS_PER_SECOND));
        return true;
    }

    private Readings at(GpuPoint point, Attributes resource) {
        var moment =
                new Moment(labels(point.attributes(), resource), point.data().getTimeUnixNano());
        var readings = moments.computeIfAbsent(moment, _ -> new Readings());
        readings.points.add(point);
        return readings;
    }

    private static Map<String, Object> labels(Attributes point, Attributes resource) {
        var labels = new LinkedHashMap<String, Object>();
        for (var name : resource.names()) {
            put(labels, resource, name, GpuPoint.field(name), true);
        }
        for (var name : point.names()) {
            put(labels, point, name, GpuPoint.field(name), false);
        }
        if (!point.has("hw.model") && !point.has("modelName")) {
            point.text("hw.name").ifPresent(name -> labels.putIfAbsent("name", name));
        }
        return labels;
    }

    private static void put(
            Map<String, Object> labels,
            Attributes from,
            String name,
            @Nullable Field<?> field,
            boolean ofResource) {
        if (field == null || isReading(field) || (ofResource && !GpuPoint.isOfGpu(field))) {
            return;
        }
        BigDecimal number = field.equals(GpuMetric.GPU_INDEX) ? from.number(name) : null;
        if (number != null) {
            labels.put(GpuMetric.GPU_INDEX.name(), number);
        } else {
            from.text(name).ifPresent(text -> labels.put(name, text));
        }
    }

    /** Makes samples of all that was taken. */
    void tell(Translation into) throws BadRequestException {
        for (var moment : moments.entrySet()) {
            into.add(told(moment.getKey(), moment.getValue()), moment.getValue().points.size());
        }
    }

    private Told told(Moment moment, Readings readings) {
        var values = new LinkedHashMap<>(moment.labels());
        values.putAll(readings.values);
        if (!readings.errors.isEmpty()) {
            double all = readings.errors.values().stream().mapToDouble(count -> count).sum();
            values.putIfAbsent(GpuMetric.XID_ERRORS_TOTAL.name(), EventWriter.number(all));
        }
        values.keySet().removeAll(Set.of(GpuMetric.TS.name(), GpuMetric.EVENT_ID.name()));
        return GpuPoint.told(values, moment.unixNanos(), readings.points, events);
    }
}
