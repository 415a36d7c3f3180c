package gpuanalytics.producer.source.nvml.verify;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Our samples of one GPU beside the lines of nvidia-smi about it. */
final class SmiComparison {

    /** With hardly any pair, nothing is proved. */
    private static final double MIN_SHARE_COMPARED = 0.9;

    private static final double MAX_ENERGY_ERROR = 0.05;

    /** The Kolmogorov-Smirnov test's factor for one wrong alarm in a thousand. */
    private static final double ONE_IN_A_THOUSAND = 1.95;

    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private final List<Event> samples;
    private final List<SmiRow> rows;

    /**
     * @param samples of one GPU, in the order of time
     * @param rows of any GPU
     */
    SmiComparison(List<Event> samples, List<SmiRow> rows) {
        long gpu = samples.getFirst().require(GpuMetric.GPU_INDEX);
        this.samples = samples;
        this.rows = rows.stream().filter(row -> row.gpuIndex() == gpu).toList();
    }

    /** One reading of all samples. */
    Line of(ComparedReading reading) {
        return switch (reading.kind()) {
            case SAME_SECOND, MOVING -> each(reading);
            case WINDOW -> spans(reading);
            case DISTRIBUTION -> distribution(reading);
        };
    }

    /** Each sample among the lines within a second of it. */
    private Line each(ComparedReading reading) {
        int compared = 0;
        int disagreed = 0;
        double worst = 0;
        var last = "-";
        for (var sample : samples) {
            var ours = number(sample, reading);
            var theirs = around(reading, sample.ts());
            if (ours == null || theirs.length == 0) {
                continue;
            }
            compared++;
            double distance = distance(ours, theirs);
            disagreed += distance > reading.allowed(ours) + moved(reading, sample.ts()) ? 1 : 0;
            worst = Math.max(worst, distance);
            last = String.format(Locale.ROOT, "%.7g | %.7g", ours, theirs[theirs.length - 1]);
        }
        var allowed =
                String.format(
                        Locale.ROOT,
                        "%.4g + %.0f %%",
                        reading.tolerance(),
                        100 * reading.relative());
        return line(reading, compared, worst, allowed, last, disagreed);
    }

    private double[] around(ComparedReading reading, Instant at) {
        return between(reading, at.minus(ONE_SECOND), at.plus(ONE_SECOND));
    }

    /** What lies between the last line before a moment and the first after it; 0 if it is still. */
    private double moved(ComparedReading reading, Instant at) {
        if (reading.kind() != ComparedReading.Kind.MOVING) {
            return 0;
        }
        var before = between(reading, at.minus(ONE_SECOND), at);
        var after = between(reading, at, at.plus(ONE_SECOND));
        return before.length == 0 || after.length == 0
                ? 0
                : Math.abs(after[0] - before[before.length - 1]);
    }

    /** How far a value lies outside of what others say; 0 within. */
    private static double distance(double value, double[] others) {
        double least = Arrays.stream(others).min().orElseThrow();
        double largest = Arrays.stream(others).max().orElseThrow();
        return Math.max(0, Math.max(least - value, value - largest));
    }

    /** The span that is nearest to its bound, and the averages of the longest. */
    private Line spans(ComparedReading reading) {
        var spans = new Spans(samples, rows, reading).all();
        if (spans.isEmpty()) {
            return line(reading, 0, 0, "-", "-", 0);
        }
        var compared = new BitSet();
        spans.forEach(span -> compared.set(span.first() + 1, span.last() + 1));
        var worst = Collections.max(spans, Comparator.comparingDouble(Spans.Span::strain));
        var longest = Collections.max(spans, Comparator.comparingDouble(Spans.Span::seconds));
        return line(
                reading,
                compared.cardinality(),
                worst.distance(),
                String.format(Locale.ROOT, "%.4g in %.0f s", worst.allowed(), worst.seconds()),
                String.format(Locale.ROOT, "means %.5g | %.5g", longest.ours(), longest.theirs()),
                (int) spans.stream().filter(span -> !span.good()).count());
    }

    /** The largest distance between the two cumulated distributions. */
    private Line distribution(ComparedReading reading) {
        var ours =
                samples.stream()
                        .map(sample -> number(sample, reading))
                        .filter(Objects::nonNull)
                        .mapToDouble(value -> value)
                        .sorted()
                        .toArray();
        var theirs = between(reading, samples.getFirst().ts(), samples.getLast().ts());
        Arrays.sort(theirs);
        double distance = 0;
        for (double value : theirs) {
            distance = Math.max(distance, Math.abs(share(ours, value) - share(theirs, value)));
        }
        for (double value : ours) {
            distance = Math.max(distance, Math.abs(share(ours, value) - share(theirs, value)));
        }
        double sizes = (double) ours.length * theirs.length;
        double allowed = ONE_IN_A_THOUSAND * Math.sqrt((ours.length + theirs.length) / sizes);
        var last =
                String.format(
                        Locale.ROOT,
                        "means %.5g | %.5g",
                        Arrays.stream(ours).average().orElse(Double.NaN),
                        Arrays.stream(theirs).average().orElse(Double.NaN));
        return line(
                reading,
                theirs.length == 0 ? 0 : ours.length,
                distance,
                String.format(Locale.ROOT, "%.3f (distribution)", allowed),
                last,
                distance > allowed ? 1 : 0);
    }

    /** The share of values up to one. */
    private static double share(double[] values, double upTo) {
        return (double) Arrays.stream(values).filter(value -> value <= upTo).count()
                / values.length;
    }

    private Line line(
            ComparedReading reading,
            int compared,
            double worst,
            String allowed,
            String last,
            int bad) {
        boolean weHave = samples.stream().anyMatch(sample -> number(sample, reading) != null);
        boolean theyHave = rows.stream().anyMatch(row -> row.number(reading.column()) != null);
        boolean enough = compared >= MIN_SHARE_COMPARED * samples.size();
        var verdict =
                !weHave && !theyHave
                        ? "absent in both"
                        : !theyHave
                                ? "nvidia-smi has none"
                                : !enough ? "TOO FEW" : bad > 0 ? "DISAGREES " + bad : "agrees";
        return new Line(
                reading.field().name(),
                reading.field().unit(),
                samples.size(),
                compared,
                String.format(Locale.ROOT, "%.5g", worst),
                allowed,
                last,
                verdict,
                !theyHave || (enough && bad == 0));
    }

    private static @Nullable Double number(Event sample, ComparedReading reading) {
        var value = sample.get(reading.field());
        return value == null ? null : value.doubleValue();
    }

    private double[] between(ComparedReading reading, Instant first, Instant last) {
        return rows.stream()
                .filter(row -> !row.at().isBefore(first) && !row.at().isAfter(last))
                .map(row -> row.number(reading.column()))
                .filter(Objects::nonNull)
                .mapToDouble(value -> value * reading.scale())
                .toArray();
    }

    /** The counter of energy beside the integral of power. */
    Line energy() {
        var used =
                samples.stream()
                        .filter(s -> s.get(GpuMetric.POWER_W) != null)
                        .filter(s -> s.get(GpuMetric.ENERGY_J_TOTAL) != null)
                        .toList();
        double integral = 0;
        for (int index = 1; index < used.size(); index++) {
            integral += joules(used.get(index - 1), used.get(index));
        }
        double counted =
                used.isEmpty()
                        ? 0
                        : used.getLast().require(GpuMetric.ENERGY_J_TOTAL)
                                - used.getFirst().require(GpuMetric.ENERGY_J_TOTAL);
        double error = integral > 0 ? Math.abs(counted - integral) / integral : 0;
        boolean absent = used.isEmpty();
        boolean good = absent || (used.size() > 1 && error <= MAX_ENERGY_ERROR);
        return new Line(
                GpuMetric.ENERGY_J_TOTAL.name(),
                GpuMetric.ENERGY_J_TOTAL.unit(),
                samples.size(),
                used.size(),
                String.format(Locale.ROOT, "%.2f %%", 100 * error),
                "5 % of ∫ power_w",
                String.format(Locale.ROOT, "%.1f | ∫ %.1f", counted, integral),
                absent ? "absent" : good ? "agrees" : "DISAGREES",
                good);
    }

    private static double joules(Event one, Event next) {
        double seconds = Duration.between(one.ts(), next.ts()).toNanos() / 1e9;
        return seconds * (one.require(GpuMetric.POWER_W) + next.require(GpuMetric.POWER_W)) / 2;
    }
}
