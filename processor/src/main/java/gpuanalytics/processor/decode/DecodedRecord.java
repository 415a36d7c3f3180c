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
     * It is an event. Its document is kept as bytes: there are many at the same time, and nobody
     * looks into nearly all of them.
     */
    final class Row implements DecodedRecord {

        private final RawRecord record;
        private final String id;
        private final byte[] document;
        private final EventValues values;
        private final Overflow overflow;

        /**
         * @param id the identity, also the document's {@code _id}
         * @param document the bytes of the document to store, complete; not to be changed
         * @param values what the document says; carried along, so that nobody reads it again
         * @param overflow under which series it counts, as the document says too
         */
        Row(RawRecord record, String id, byte[] document, EventValues values, Overflow overflow) {
            this.record = record;
            this.id = id;
            this.document = document;
            this.values = values;
            this.overflow = overflow;
        }

        @Override
        public RawRecord record() {
            return record;
        }

        /** The identity, also the document's {@code _id}. */
        public String id() {
            return id;
        }

        /** The document to store, complete; a view of the same bytes each time. */
        public RawBsonDocument document() {
            return new RawBsonDocument(document);
        }

        /** The bytes of the document; not to be changed. */
        public byte[] documentArray() {
            return document;
        }

        /** What the document says. */
        public EventValues values() {
            return values;
        }

        /** Under which series it counts, as the document says too. */
        public Overflow overflow() {
            return overflow;
        }

        @Override
        public long bytes() {
            return record.bytes() + 2L * id.length() + document.length + EventValues.BYTES;
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

        private byte[] documentWith(List<BsonElement> more) {
            var out = new BasicOutputBuffer(document.length + 64);
            try (var writer = new BsonBinaryWriter(out);
                    var reader =
                            new BsonBinaryReader(
                                    new ByteBufferBsonInput(document().getByteBuffer()))) {
                writer.pipe(reader, more);
            }
            return out.toByteArray();
        }

        @Override
        public String toString() {
            return "%s: %s under %s".formatted(id, values, overflow);
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
