package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.GpuSeries.Point;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Folds the rollups of one GPU, which arrive in the order of time, into points. */
final class GpuFold {

    private static final double MICRO = 1e6;

    /** So many pods are named; a GPU that more have shared is not told all of them. */
    private static final int MAX_PODS = 1000;

    private final Coverage coverage;
    private final List<Point> points = new ArrayList<>();
    private final Set<String> pods = new TreeSet<>();
    private @Nullable OpenPoint open;
    private Instant openEnd = Instant.MIN;

    GpuFold(Coverage coverage) {
        this.coverage = coverage;
    }

    void add(Document rollup) {
        var bucket = rollup.getDate(StoreLayout.BUCKET).toInstant();
        var point = open;
        if (point == null || !bucket.isBefore(openEnd)) {
            close();
            point = new OpenPoint(coverage.window().pointOf(bucket));
            open = point;
            openEnd = coverage.window().endOf(point.start);
        }
        point.add(rollup);
        for (var pod : rollup.getList(StoreLayout.PODS, String.class, List.of())) {
            if (pods.size() < MAX_PODS) {
                pods.add(pod);
            }
        }
    }

    GpuSeries series() {
        close();
        return new GpuSeries(coverage, List.copyOf(pods), points);
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
        private final ReadingSums readings = new ReadingSums(Measures.GPU);
        private long samples;
        private double coveredMicros;
        private @Nullable Double energyMicrojoules;
        private long energyUnknown;
        private @Nullable Long xidErrors;

        OpenPoint(Instant start) {
            this.start = start;
        }

        void add(Document rollup) {
            samples += Numbers.integer(rollup, GpuCounter.SAMPLES.field());
            coveredMicros += Numbers.integer(rollup, GpuCounter.COVERED_US.field());
            if (rollup.get(GpuCounter.ENERGY_UJ.field()) instanceof Number energy) {
                energyMicrojoules =
                        energy.doubleValue() + (energyMicrojoules == null ? 0 : energyMicrojoules);
            }
            if (rollup.get(GpuCounter.ENERGY_UNKNOWN.field()) instanceof Number unknown) {
                energyUnknown += unknown.longValue();
            }
            if (rollup.get(GpuCounter.XID_ERRORS.field()) instanceof Number errors) {
                xidErrors = errors.longValue() + (xidErrors == null ? 0 : xidErrors);
            }
            readings.add(rollup);
        }

        Point point() {
            var energyJ = energyMicrojoules == null ? null : energyMicrojoules / MICRO;
            return new Point(
                    start,
                    samples,
                    coveredMicros / MICRO,
                    energyJ,
                    energyUnknown,
                    xidErrors,
                    readings.readings());
        }
    }
}
