package gpuanalytics.processor.batch;

import gpuanalytics.processor.consume.AssignedPartition;
import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records that go through the steps together, in the order they were read.
 *
 * @param rows those that are events
 * @param rejected those that are not
 * @param next for each partition with a record here, the offset behind the last one
 * @param bytes about what it takes on the heap
 */
public record Batch(
        List<Row> rows, List<Rejected> rejected, Map<AssignedPartition, Long> next, long bytes) {

    /** How many records. */
    public int size() {
        return rows.size() + rejected.size();
    }

    /** What it leaves behind. */
    public Progress progress() {
        return new Progress(size(), next);
    }

    /** Its rows and their documents are of no more use. */
    void letGo() {
        Row.letGo(rows);
    }

    /** The same batch with other rows, as many and in the same order. */
    public Batch with(List<Row> others) {
        return new Batch(others, rejected, next, bytes);
    }

    /** Collects the records of one batch. For one thread. */
    public static final class Builder {

        private final long openedNanos;
        private final List<Row> rows;
        private final List<Rejected> rejected = new ArrayList<>();
        private final Map<AssignedPartition, Long> next = new LinkedHashMap<>();
        private long bytes;
        private @Nullable AssignedPartition last;
        private long lastNext;

        /**
         * An empty batch, opened at this reading of the nanosecond clock.
         *
         * @param expected about how many rows it will have
         */
        public Builder(long openedNanos, int expected) {
            this.openedNanos = openedNanos;
            this.rows = new ArrayList<>(expected);
        }

        /**
         * Adds a record.
         *
         * @param recordBytes about what the record takes on the heap
         */
        public void add(DecodedRecord decoded, long recordBytes) {
            switch (decoded) {
                case Row row -> rows.add(row);
                case Rejected other -> rejected.add(other);
            }
            bytes += recordBytes;
            var record = decoded.record();
            if (record.partition() != last) {
                noteLast();
                last = record.partition();
            }
            lastNext = record.offset() + 1;
        }

        /** Most records lie behind one of their own partition: that is noted once for all. */
        private void noteLast() {
            if (last != null) {
                next.put(last, lastNext);
            }
        }

        public int size() {
            return rows.size() + rejected.size();
        }

        public long bytes() {
            return bytes;
        }

        public long openedNanos() {
            return openedNanos;
        }

        public Batch build() {
            noteLast();
            return new Batch(rows, rejected, next, bytes);
        }
    }
}
