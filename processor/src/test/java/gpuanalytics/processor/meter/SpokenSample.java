package gpuanalytics.processor.meter;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record of a history.
 *
 * @param gpu the number of its GPU
 * @param at its time in nanoseconds since the history began
 * @param readings what it says of counters and power
 * @param event the record itself
 */
record SpokenSample(int gpu, long at, Map<Field<?>, Double> readings, Event event) {

    /** A sample that stands for one second. */
    static SpokenSample of(Event.Builder event, int gpu, long at, Map<Field<?>, Double> readings) {
        readings.forEach(
                (field, value) -> {
                    if (field.equals(GpuMetric.XID)) {
                        event.set(GpuMetric.XID, value.longValue());
                    } else if (field.equals(GpuMetric.XID_ERRORS_TOTAL)) {
                        event.set(GpuMetric.XID_ERRORS_TOTAL, value.longValue());
                    } else if (field.equals(GpuMetric.POWER_W)) {
                        event.set(GpuMetric.POWER_W, value);
                    } else {
                        event.set(GpuMetric.ENERGY_J_TOTAL, value);
                    }
                });
        // No late one lies in the hour before: the sums are looked at as of one hour.
        event.set(GpuMetric.TS, MeteredStore.START.plusSeconds(60).plusNanos(at));
        event.set(GpuMetric.INTERVAL_S, 1.0);
        return new SpokenSample(gpu, at, new LinkedHashMap<>(readings), event.build());
    }

    boolean has(Field<?> field) {
        return readings.containsKey(field);
    }

    double get(Field<?> field) {
        return readings.getOrDefault(field, Double.NaN);
    }
}
