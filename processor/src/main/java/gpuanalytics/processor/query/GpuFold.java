package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.GpuSeries.Point;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

    void add(GpuRollup rollup) {
        var bucket = rollup.bucket();
        var point = open;
        if (point == null || !bucket.isBefore(openEnd)) {
            close();
            point = new OpenPoint(coverage.window().pointOf(bucket));
            open = point;
            openEnd = coverage.window().endOf(point.start);
        }
        point.add(rollup);
        for (var pod : rollup.pods()) {
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

        void add(GpuRollup rollup) {
            samples += rollup.count(GpuCounter.SAMPLES);
            coveredMicros += rollup.count(GpuCounter.COVERED_US);
            if (rollup.has(GpuCounter.ENERGY_UJ)) {
                energyMicrojoules =
                        rollup.count(GpuCounter.ENERGY_UJ)
                                + (energyMicrojoules == null ? 0 : energyMicrojoules);
            }
            energyUnknown += rollup.count(GpuCounter.ENERGY_UNKNOWN);
            if (rollup.has(GpuCounter.XID_ERRORS)) {
                xidErrors =
                        rollup.count(GpuCounter.XID_ERRORS) + (xidErrors == null ? 0 : xidErrors);
            }
            readings.add(rollup.readings());
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
