package gpuanalytics.processor.series;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The series step bounds how many series an hour has: the events of further ones are marked to
 * count under one in which labels are folded. Of a usage the label with the most values in that
 * hour is folded first, then the next, until the series is known or there is room for it: there is
 * some for folded series, {@link SeriesLimits#folded}. Its GPU is kept even where all labels are
 * folded, as far as GPUs have room.
 *
 * <p>The mark is decided before the raw document is stored and is stored with it. Whoever reads the
 * record again finds the stored mark and counts it in the same place, whatever would be decided by
 * then. Several processors may together let a few more series in than the limit. Any thread may
 * mark.
 */
public final class SeriesCap {

    private static final int HOURS_REMEMBERED = 32;
    private static final int SECONDS = 3600;

    private record Place(EventTopic topic, long bucket) {}

    private final SeriesLimits limits;
    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    private final Map<Place, HourSeries> hours =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Place, HourSeries> eldest) {
                    return size() > HOURS_REMEMBERED;
                }
            };

    public SeriesCap(
            SeriesLimits limits,
            MongoStore store,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.limits = limits;
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * The batch, its rows of surplus series marked.
     *
     * @throws InterruptedException when the processor gives up
     */
    public Batch mark(Batch batch) throws InterruptedException {
        var rows = batch.rows();
        @Nullable List<Row> marked = null;
        @Nullable HourSeries hour = null;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            hour = hourOf(row, hour);
            var overflow = overflow(row, hour);
            if (overflow == Overflow.NONE) {
                continue;
            }
            if (marked == null) {
                marked = new ArrayList<>(rows);
            }
            marked.set(i, row.counting(overflow));
            metrics.overflowed(row.values().topic(), 1);
        }
        return marked == null ? batch : batch.with(marked);
    }

    private Overflow overflow(Row row, HourSeries hour) throws InterruptedException {
        var labels = row.values().labels();
        return switch (labels.topic()) {
            case GPU_METRICS -> hour.admits(labels, limits.gpus()) ? Overflow.NONE : Overflow.OTHER;
            case TOKEN_USAGE ->
                    hour.admits(labels, limits.tokens()) ? Overflow.NONE : folded(labels, hour);
        };
    }

    /** Folds the label with the most values, then the next, until the series has room. */
    private Overflow folded(Labels labels, HourSeries hour) throws InterruptedException {
        var overflow = Overflow.NONE;
        for (var label : hour.labelsByValues()) {
            overflow = overflow.and(label);
            if (overflow != Overflow.OTHER_OF_GPU
                    && hour.admitsFolded(labels.folding(overflow).seriesHash(), limits.folded())) {
                return overflow;
            }
        }
        var gpu = labels.gpu();
        var ofGpu = SeriesKey.hash(SeriesKey.otherOf(gpu));
        return gpu != null && hour.admitsOther(ofGpu, limits.gpus())
                ? Overflow.OTHER_OF_GPU
                : Overflow.OTHER;
    }

    /** The hour of a row: most often that of the row before. */
    private HourSeries hourOf(Row row, @Nullable HourSeries last) {
        var values = row.values();
        var bucket = Math.floorDiv(values.epochSecond(), SECONDS) * SECONDS;
        if (last != null && last.topic() == values.topic() && last.bucket() == bucket) {
            return last;
        }
        synchronized (hours) {
            return hours.computeIfAbsent(
                    new Place(values.topic(), bucket),
                    place -> new HourSeries(place.topic, place.bucket, store, retry, clock));
        }
    }
}
