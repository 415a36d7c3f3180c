package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.Measures;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one GPU did. A step without a sample has no point.
 *
 * @param coverage when, as it was answered
 * @param pods where several pods have shared the GPU at a moment, those that are known
 * @param points by time
 */
public record GpuSeries(Coverage coverage, List<String> pods, List<Point> points) {

    public GpuSeries {
        pods = List.copyOf(pods);
        points = List.copyOf(points);
    }

    /** One that no pods have shared. */
    public GpuSeries(Coverage coverage, List<Point> points) {
        this(coverage, List.of(), points);
    }

    /** The time that is answered, which may be more than what was asked for. */
    public QueryWindow window() {
        return coverage.window();
    }

    /**
     * One step.
     *
     * @param start its start
     * @param samples how many samples it counts
     * @param coveredSeconds the time that they stand for
     * @param energyJ the energy that the samples tell of; null where none does
     * @param energyUnknownSamples how many samples had power or energy and yet no energy could be
     *     told
     * @param xidErrors how many XID errors they report; null where none says whether
     * @param readings what was measured, of {@link Measures#GPU}
     */
    public record Point(
            Instant start,
            long samples,
            double coveredSeconds,
            @Nullable Double energyJ,
            long energyUnknownSamples,
            @Nullable Long xidErrors,
            Readings readings) {}
}
