package gpuanalytics.processor.decode;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.List;
import org.bson.BsonBinaryWriter;
import org.bson.BsonBoolean;
import org.bson.BsonElement;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;

/** What became of a record. */
public sealed interface DecodedRecord {

    /** The record as it came. */
    RawRecord record();

    /** About what it takes on the heap. */
    long bytes();

    /**
     * It is an event.
     *
     * @param id the identity, also the document's {@code _id}
     * @param document the document to store, complete; the rollups are computed from it too, so
     *     that a recomputation from the store finds the same
     * @param overflow whether it is marked to count under {@link StoreLayout#OTHER}
     */
    record Row(RawRecord record, String id, RawBsonDocument document, boolean overflow)
            implements DecodedRecord {

        @Override
        public long bytes() {
            return record.bytes() + 2L * id.length() + document.getByteBuffer().remaining();
        }

        /** When it happened, to the millisecond. */
        public Instant eventTime() {
            return Instant.ofEpochMilli(document.getDateTime(StoreLayout.TS).getValue());
        }

        /** The same row, marked to count under {@link StoreLayout#OTHER}. */
        public Row overflowing() {
            var out = new BasicOutputBuffer(document.getByteBuffer().remaining() + 16);
            try (var writer = new BsonBinaryWriter(out);
                    var reader = document.asBsonReader()) {
                writer.pipe(
                        reader, List.of(new BsonElement(StoreLayout.OVERFLOW, BsonBoolean.TRUE)));
            }
            return new Row(record, id, new RawBsonDocument(out.toByteArray()), true);
        }
    }

    /**
     * It is none.
     *
     * @param reason the kind of defect
     * @param detail the thing, its value and what was expected, in one line
     */
    record Refused(RawRecord record, RejectReason reason, String detail) implements DecodedRecord {

        @Override
        public long bytes() {
            return record.bytes() + 2L * detail.length();
        }
    }
}
