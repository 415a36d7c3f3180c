package gpuanalytics.processor.meter;

import static gpuanalytics.event.GpuMetric.ENERGY_J_TOTAL;
import static gpuanalytics.event.GpuMetric.POWER_W;
import static gpuanalytics.event.GpuMetric.XID;
import static gpuanalytics.event.GpuMetric.XID_ERRORS_TOTAL;

import gpuanalytics.event.Field;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What samples add up to that are read once, one after the other, and none of them refused. */
final class MeterModel {

    private static final long NEVER = Long.MIN_VALUE;

    private final Map<String, Long> sums = new TreeMap<>();
    private final Map<Integer, Gpu> gpus = new HashMap<>();

    /** What was read of a GPU. */
    private static final class Gpu {
        private final Map<Long, Set<Field<?>>> said = new HashMap<>();
        private final Set<Long> energyTold = new HashSet<>();
        private double energyJ;
        private long energyAt = NEVER;
        private double poweredJ;
        private long poweredAt = NEVER;
        private double code = -1;
        private long codeAt = NEVER;
        private double total;
        private long totalAt = NEVER;
        private double coded;
    }

    Map<String, Long> sums() {
        return sums;
    }

    /** The last reading of a GPU's energy that counts, and its time; null before the first. */
    Map.Entry<Long, Double> energy(int gpu) {
        var known = gpus.computeIfAbsent(gpu, _ -> new Gpu());
        return Map.entry(known.energyAt, known.energyJ);
    }

    void add(SpokenSample sample) {
        var gpu = gpus.computeIfAbsent(sample.gpu(), _ -> new Gpu());
        var said = gpu.said.get(sample.at());
        if (said == null) {
            sums.merge("samples", 1L, Long::sum);
        }
        addEnergy(gpu, sample, said == null);
        addErrors(gpu, sample, said == null ? Set.of() : said);
        gpu.said
                .computeIfAbsent(sample.at(), _ -> new HashSet<>())
                .addAll(sample.readings().keySet());
    }

    private void addEnergy(Gpu gpu, SpokenSample sample, boolean isFirst) {
        double joules = Double.NaN;
        if (sample.has(POWER_W)) {
            joules = sample.get(POWER_W);
        } else if (sample.has(ENERGY_J_TOTAL)
                && gpu.energyAt != NEVER
                && sample.at() > gpu.energyAt) {
            joules = Math.max(0, risen(sample.get(ENERGY_J_TOTAL), gpu.energyJ) - gpu.poweredJ);
        }
        if (!Double.isNaN(joules) && (isFirst || !gpu.energyTold.contains(sample.at()))) {
            add("energy_uj", Math.round(joules * 1e6));
            gpu.energyTold.add(sample.at());
        }
        if (sample.at() > gpu.energyAt && sample.has(ENERGY_J_TOTAL)) {
            gpu.energyJ = sample.get(ENERGY_J_TOTAL);
            gpu.energyAt = sample.at();
            gpu.poweredJ = 0;
        } else if (sample.at() > Math.max(gpu.energyAt, gpu.poweredAt) && sample.has(POWER_W)) {
            gpu.poweredJ += sample.get(POWER_W);
            gpu.poweredAt = sample.at();
        }
    }

    private void addErrors(Gpu gpu, SpokenSample sample, Set<Field<?>> said) {
        var code = sample.get(XID);
        var hasTotal = sample.has(XID_ERRORS_TOTAL);
        var isNewCode =
                code > 0 && code != gpu.code && sample.at() > Math.max(gpu.codeAt, gpu.totalAt);
        double errors = isNewCode ? 1 : 0;
        if (hasTotal && gpu.totalAt != NEVER) {
            errors =
                    sample.at() <= gpu.totalAt
                            ? 0
                            : Math.max(
                                    0, risen(sample.get(XID_ERRORS_TOTAL), gpu.total) - gpu.coded);
        }
        // Of one moment the counter tells what the code has not told.
        if (!said.contains(XID_ERRORS_TOTAL) && (hasTotal || !said.contains(XID))) {
            add("xid_errors", (long) errors);
        }
        if (sample.has(XID) && sample.at() > gpu.codeAt) {
            gpu.coded += isNewCode && !hasTotal ? 1 : 0;
            gpu.code = code;
            gpu.codeAt = sample.at();
        }
        if (hasTotal && sample.at() > gpu.totalAt) {
            gpu.total = sample.get(XID_ERRORS_TOTAL);
            gpu.totalAt = sample.at();
            gpu.coded = 0;
        }
    }

    private static double risen(double now, double before) {
        return now < before ? now : now - before;
    }

    private void add(String sum, long amount) {
        if (amount > 0) {
            sums.merge(sum, amount, Long::sum);
        }
    }
}
