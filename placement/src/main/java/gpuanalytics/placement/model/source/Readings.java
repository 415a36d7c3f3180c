package gpuanalytics.placement.model.source;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's GPUs did together, minute by minute. A reading that one of them lacks is absent for
 * all: a sum without a part would be too low.
 */
final class Readings {

    private static final double MIB = 1 << 20;

    /** A window with longer holes is not told: sums would be too low, and peaks may be in them. */
    private static final double MIN_COVERED = 0.9;

    private static final double P95 = 0.95;

    private final int gpus;
    private final double minPoints;
    private final Map<String, Minute> minutes = new TreeMap<>();
    private double energyJ;
    private double busySeconds;
    private double xidErrors;
    private int complete;
    private boolean knowsEnergy = true;
    private boolean knowsBusy = true;
    private boolean knowsXid = true;

    /** The sums over the GPUs of one minute, and how many had the reading. */
    private static final class Minute {
        private double utilization;
        private int utilizations;
        private double usedBytes;
        private int used;
        private double totalBytes;
        private int totals;
    }

    /**
     * Readings of no GPU yet.
     *
     * @param gpus how many GPUs will be added
     * @param window from the first minute to the last
     */
    Readings(int gpus, Duration window) {
        this.gpus = gpus;
        minPoints = MIN_COVERED * window.toMinutes();
    }

    /** Adds a GPU's answer of {@code /gpus/series} with steps of a minute. */
    void add(JsonNode series) {
        complete += series.path("points").size() >= minPoints ? 1 : 0;
        for (var point : series.path("points")) {
            var minute = minutes.computeIfAbsent(point.path("ts").asText(), _ -> new Minute());
            var utilization = number(point.path("utilization").path("mean"));
            if (utilization != null) {
                minute.utilization += utilization;
                minute.utilizations++;
                busySeconds += utilization * point.path("covered_s").asDouble();
            } else {
                knowsBusy = false;
            }
            var used = number(point.path("mem_used_bytes").path("max"));
            if (used != null) {
                minute.usedBytes += used;
                minute.used++;
            }
            var total = number(point.path("mem_total_bytes").path("max"));
            if (total != null) {
                minute.totalBytes += total;
                minute.totals++;
            }
            addSums(point);
        }
    }

    private void addSums(JsonNode point) {
        var energy = number(point.path("energy_j"));
        energyJ += energy == null ? 0 : energy;
        knowsEnergy &= energy != null;
        var xid = number(point.path("xid_errors"));
        xidErrors += xid == null ? 0 : xid;
        knowsXid &= xid != null;
    }

    /**
     * What came of the pod.
     *
     * @param restarts in the window; null where they are not known
     */
    Outcome outcome(@Nullable Double restarts) {
        if (complete < gpus) {
            return new Outcome(null, null, null, null, null, restarts);
        }
        return new Outcome(
                p95(),
                peak(false),
                peak(true),
                knowsEnergy ? Double.valueOf(energyJ) : null,
                knowsBusy ? Double.valueOf(busySeconds) : null,
                failures(restarts));
    }

    /** What is known of the two; absent where neither is. */
    private @Nullable Double failures(@Nullable Double restarts) {
        if (!knowsXid) {
            return restarts;
        }
        return restarts == null ? xidErrors : xidErrors + restarts;
    }

    private @Nullable Double p95() {
        var ratios = new ArrayList<Double>();
        for (var minute : minutes.values()) {
            if (minute.utilizations == gpus) {
                ratios.add(Math.min(1, minute.utilization / gpus));
            }
        }
        ratios.sort(null);
        return ratios.size() < minPoints
                ? null
                : ratios.get((int) Math.ceil(P95 * ratios.size()) - 1);
    }

    private @Nullable Double peak(boolean ofTotal) {
        double highest = Double.NEGATIVE_INFINITY;
        for (var minute : minutes.values()) {
            if ((ofTotal ? minute.totals : minute.used) == gpus) {
                highest = Math.max(highest, ofTotal ? minute.totalBytes : minute.usedBytes);
            }
        }
        return Double.isFinite(highest) ? highest / MIB : null;
    }

    private static @Nullable Double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : null;
    }
}
