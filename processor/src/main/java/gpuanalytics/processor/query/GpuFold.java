package gpuanalytics.processor.query;

import gpuanalytics.processor.query.GpuSeries.Point;
import gpuanalytics.processor.query.GpuSeries.Summary;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Folds the rollups of one GPU, which arrive in the order of time, into points. */
final class GpuFold {

    private static final double MICRO = 1e6;

    private final QueryWindow window;
    private final List<Point> points = new ArrayList<>();
    private @Nullable OpenPoint open;

    GpuFold(QueryWindow window) {
        this.window = window;
    }

    void add(Document rollup) {
        var start = window.pointOf(rollup.getDate(StoreLayout.BUCKET).toInstant());
        var point = open;
        if (point == null || !point.start.equals(start)) {
            close();
            point = new OpenPoint(start);
            open = point;
        }
        point.add(rollup);
    }

    GpuSeries series() {
        close();
        return new GpuSeries(window, points);
    }

    private void close() {
        if (open != null) {
            points.add(open.point());
            open = null;
        }
    }

    /** The point that rollups are added to. */
    private static final class OpenPoint {

        private final Instant start;
        private final Map<GpuReading, ReadingSum> readings = new EnumMap<>(GpuReading.class);
        private long samples;
        private double coveredMicros;
        private @Nullable Double energyMicrojoules;
        private @Nullable Long xidErrors;

        OpenPoint(Instant start) {
            this.start = start;
        }

        void add(Document rollup) {
            samples += Numbers.integer(rollup, StoreLayout.SAMPLES);
            coveredMicros += Numbers.integer(rollup, StoreLayout.COVERED_US);
            if (rollup.get(StoreLayout.ENERGY_UJ) instanceof Number energy) {
                energyMicrojoules =
                        energy.doubleValue() + (energyMicrojoules == null ? 0 : energyMicrojoules);
            }
            if (rollup.get(StoreLayout.XID_ERRORS) instanceof Number errors) {
                xidErrors = errors.longValue() + (xidErrors == null ? 0 : xidErrors);
            }
            for (var reading : GpuReading.values()) {
                var part = rollup.get(reading.label(), Document.class);
                if (part != null) {
                    readings.computeIfAbsent(reading, ReadingSum::new).add(part);
                }
            }
        }

        Point point() {
            var summaries = new EnumMap<GpuReading, Summary>(GpuReading.class);
            readings.forEach(
                    (reading, sum) -> {
                        if (sum.n > 0) {
                            summaries.put(reading, sum.summary());
                        }
                    });
            var energyJ = energyMicrojoules == null ? null : energyMicrojoules / MICRO;
            return new Point(start, samples, coveredMicros / MICRO, energyJ, xidErrors, summaries);
        }
    }

    /** The values of one reading in one point. */
    private static final class ReadingSum {

        private final GpuReading reading;
        private long n;
        // a double: a year of byte counts may leave the range of a long, and only the mean is shown
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        ReadingSum(GpuReading reading) {
            this.reading = reading;
        }

        void add(Document part) {
            n += Numbers.integer(part, StoreLayout.N);
            sum += Numbers.integer(part, reading.sumField());
            min = Math.min(min, Numbers.decimal(part, StoreLayout.MIN, min));
            max = Math.max(max, Numbers.decimal(part, StoreLayout.MAX, max));
        }

        Summary summary() {
            return new Summary(sum / n / reading.sumUnits(), min, max);
        }
    }
}
