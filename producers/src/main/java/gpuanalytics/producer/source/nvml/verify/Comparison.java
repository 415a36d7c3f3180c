package gpuanalytics.producer.source.nvml.verify;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.nvml.verify.SmiLog.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Our samples beside the lines of nvidia-smi within a second of each. Both look at what moves, at
 * different moments: a sample agrees if it lies, but for the tolerance, between the least and the
 * largest value of those lines.
 */
final class Comparison {

    private static final Duration SAME_SECOND = Duration.ofSeconds(1);

    /** Each sample should meet eight lines; with hardly any, nothing is proved. */
    private static final double MIN_SHARE_COMPARED = 0.9;

    private static final double MAX_ENERGY_ERROR = 0.05;

    /**
     * One line of the table.
     *
     * @param compared samples that had something to be compared with
     * @param disagreed those of them that lie outside
     * @param worst how far the worst one lies outside of nvidia-smi's values, in our unit
     */
    record Line(
            String reading,
            String unit,
            int samples,
            int compared,
            int disagreed,
            double worst,
            String last,
            String verdict,
            boolean good) {

        String print() {
            return String.format(
                    Locale.ROOT,
                    "%-17s %-5s %7d %8d %9d %14.6g  %-34s %s",
                    reading,
                    unit,
                    samples,
                    compared,
                    disagreed,
                    worst,
                    last,
                    verdict);
        }
    }

    static final String HEADER =
            String.format(
                    Locale.ROOT,
                    "%-17s %-5s %7s %8s %9s %14s  %-34s %s",
                    "reading",
                    "unit",
                    "samples",
                    "compared",
                    "disagreed",
                    "worst",
                    "last (ours | nvidia-smi)",
                    "verdict");

    private Comparison() {}

    /** One reading of all samples. */
    static Line of(Reading reading, List<Event> samples, List<Row> rows) {
        int compared = 0;
        int disagreed = 0;
        int oursOnly = 0;
        int theirsOnly = 0;
        double worst = 0;
        String last = "-";
        for (var sample : samples) {
            var ours = number(sample, reading);
            var theirs = near(sample, rows, reading);
            if (ours == null || theirs.isEmpty()) {
                oursOnly += ours != null ? 1 : 0;
                theirsOnly += !theirs.isEmpty() ? 1 : 0;
                continue;
            }
            compared++;
            double distance = distance(ours, theirs);
            disagreed += distance > reading.allowed(ours) ? 1 : 0;
            worst = Math.max(worst, distance);
            last = String.format(Locale.ROOT, "%.9g | %.9g", ours, theirs.getLast());
        }
        boolean enough = compared >= MIN_SHARE_COMPARED * samples.size() && compared > 0;
        boolean nobody = compared == 0 && theirsOnly == 0 && !samples.isEmpty();
        var verdict =
                nobody
                        ? oursOnly > 0 ? "ours only" : "absent"
                        : disagreed > 0
                                ? "DISAGREES"
                                : !enough
                                        ? "TOO FEW, %d theirs only".formatted(theirsOnly)
                                        : "agrees";
        return new Line(
                reading.field().name(),
                reading.field().unit(),
                samples.size(),
                compared,
                disagreed,
                worst,
                last,
                verdict,
                nobody || (disagreed == 0 && enough));
    }

    private static @Nullable Double number(Event sample, Reading reading) {
        var value = sample.get(reading.field());
        return value == null ? null : value.doubleValue();
    }

    private static List<Double> near(Event sample, List<Row> rows, Reading reading) {
        var values = new ArrayList<Double>();
        for (var row : rows) {
            var value = row.number(reading.column());
            if (value != null
                    && row.uuid().equals(sample.get(GpuMetric.GPU_UUID))
                    && Duration.between(row.at(), sample.ts()).abs().compareTo(SAME_SECOND) <= 0) {
                values.add(value * reading.scale());
            }
        }
        return values;
    }

    private static double distance(double ours, List<Double> theirs) {
        double least = theirs.stream().mapToDouble(v -> v).min().orElseThrow();
        double largest = theirs.stream().mapToDouble(v -> v).max().orElseThrow();
        return Math.max(0, Math.max(least - ours, ours - largest));
    }

    /** The counter of energy beside the integral of power, of the samples of one GPU. */
    static Line energy(List<Event> samples) {
        double integral = 0;
        double first = Double.NaN;
        double counted = 0;
        int used = 0;
        Event before = null;
        for (var sample : samples) {
            var power = sample.get(GpuMetric.POWER_W);
            var energy = sample.get(GpuMetric.ENERGY_J_TOTAL);
            if (power == null || energy == null) {
                continue;
            }
            used++;
            if (before != null) {
                double seconds = Duration.between(before.ts(), sample.ts()).toNanos() / 1e9;
                integral += seconds * (power + before.require(GpuMetric.POWER_W)) / 2;
            }
            first = Double.isNaN(first) ? energy : first;
            counted = energy - first;
            before = sample;
        }
        double error = integral > 0 ? Math.abs(counted - integral) / integral : 0;
        boolean absent = used == 0 && !samples.isEmpty();
        boolean good = absent || (used > 1 && error <= MAX_ENERGY_ERROR);
        return new Line(
                "energy_j_total",
                "J",
                samples.size(),
                used,
                good ? 0 : 1,
                error * 100,
                String.format(Locale.ROOT, "%.1f J | integral %.1f J", counted, integral),
                absent ? "absent" : (good ? "agrees" : "DISAGREES") + " (worst is in %)",
                good);
    }
}
