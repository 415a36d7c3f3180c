package gpuanalytics.processor.meter;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * The order in which the samples of a batch are decided: within a partition that of their offsets,
 * which never changes; between partitions, where a sender has spread a GPU over them, that of time,
 * for a batch has one partition after the other.
 */
final class ReadingOrder {

    private record Place(String series, String source) {}

    private ReadingOrder() {}

    /** The order of rows, by their places in the batch; the places come in the batch's order. */
    static Comparator<Integer> of(List<Row> rows, List<Integer> places) {
        var newest = new HashMap<Place, Long>();
        var keys = new long[rows.size()];
        for (int i : places) {
            var row = rows.get(i);
            var place = new Place(GpuMeters.series(row), row.record().partition().source());
            // never below that of the row before it in its partition, so that none overtakes it
            keys[i] = newest.merge(place, row.values().epochNanos(), Math::max);
        }
        return Comparator.comparingLong(i -> keys[i]);
    }
}
