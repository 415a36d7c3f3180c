package gpuanalytics.processor.decode;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonElement;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.ByteBufferBsonInput;

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
     * @param document the document to store, complete
     * @param values what the document says; carried along, so that nobody reads it again
     * @param overflow under which series it counts, as the document says too
     * @param documentBytes how long the document is
     */
    record Row(
            RawRecord record,
            String id,
            RawBsonDocument document,
            EventValues values,
            Overflow overflow,
            int documentBytes)
            implements DecodedRecord {

        Row(
                RawRecord record,
                String id,
                RawBsonDocument document,
                EventValues values,
                Overflow overflow) {
            this(record, id, document, values, overflow, document.getByteBuffer().remaining());
        }

        @Override
        public long bytes() {
            return record.bytes() + 2L * id.length() + documentBytes + EventValues.BYTES;
        }

        /** The same row, to count under another series than its own; its document says so. */
        public Row counting(Overflow under) {
            var mark = under.mark();
            if (mark == null) {
                return this;
            }
            var marked = documentWith(List.of(new BsonElement(StoreLayout.OVERFLOW, mark)));
            return new Row(record, id, marked, values, under);
        }

        /** The same row, for which this was decided; its document says so. */
        public Row counting(DecidedCounts decided) {
            return new Row(
                    record,
                    id,
                    documentWith(decided.elements()),
                    values.counting(decided),
                    overflow);
        }

        private RawBsonDocument documentWith(List<BsonElement> more) {
            var out = new BasicOutputBuffer(documentBytes + 64);
            try (var writer = new BsonBinaryWriter(out);
                    var reader =
                            new BsonBinaryReader(
                                    new ByteBufferBsonInput(document.getByteBuffer()))) {
                writer.pipe(reader, more);
            }
            return new RawBsonDocument(out.toByteArray());
        }
    }

    /**
     * It is no event.
     *
     * @param reason the kind of defect
     * @param detail the thing, its value and what was expected, in one line
     */
    record Rejected(RawRecord record, RejectReason reason, String detail) implements DecodedRecord {

        @Override
        public long bytes() {
            return record.bytes() + 2L * detail.length();
        }
    }
}
