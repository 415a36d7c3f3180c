package gpuanalytics.processor.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one GPU did. A step without a sample has no point.
 *
 * @param window when, as it was answered
 * @param points by time
 */
public record GpuSeries(QueryWindow window, List<Point> points) {

    public GpuSeries {
        points = List.copyOf(points);
    }

    /**
     * One step.
     *
     * @param start its start
     * @param samples how many samples it counts
     * @param coveredSeconds the time that they stand for
     * @param energyJ power times time of the samples that have a power; null where none has
     * @param xidErrors how many samples report an XID error; null where none says whether
     * @param readings what was measured; a reading that no sample has is missing
     */
    public record Point(
            Instant start,
            long samples,
            double coveredSeconds,
            @Nullable Double energyJ,
            @Nullable Long xidErrors,
            Map<GpuReading, Summary> readings) {

        public Point {
            readings = Map.copyOf(readings);
        }
    }

    /** A reading's values in one step, in its unit. */
    public record Summary(double mean, double min, double max) {}
}
