package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventId;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.store.StoreLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonElement;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.BsonOutput;
import org.bson.io.ByteBufferBsonInput;
import org.jspecify.annotations.Nullable;

/** What became of a record. */
public sealed interface DecodedRecord {

    /** The record as it came. */
    RawRecord record();

    /** About what it takes on the heap. */
    long bytes();

    /**
     * It is an event. Its document is kept as bytes, beside those of other rows: there are many at
     * the same time, and nobody looks into nearly all of them. Once the row is {@link #letGo} they
     * are no longer there.
     */
    final class Row implements DecodedRecord, RawDocument {

        /** Behind the lengths of the document and of the text, its type and its name. */
        private static final int ID_AT = 2 * Integer.BYTES + 1 + StoreLayout.ID.length() + 1;

        private static final VarHandle INT =
                MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

        private final RawRecord record;
        private final DocumentBlock block;
        private final int from;
        private final int length;
        private final EventValues values;
        private final Overflow overflow;

        /**
         * @param document the bytes of the document to store, complete, its {@code _id} first; not
         *     to be changed
         * @param values what the document says; carried along, so that nobody reads it again
         * @param overflow under which series it counts, as the document says too
         */
        Row(RawRecord record, byte[] document, EventValues values, Overflow overflow) {
            this(record, new DocumentBlock(document, null), 0, document.length, values, overflow);
        }

        /**
         * @param from where in the block the document lies
         */
        Row(
                RawRecord record,
                DocumentBlock block,
                int from,
                int length,
                EventValues values,
                Overflow overflow) {
            this.record = record;
            this.block = block;
            this.from = from;
            this.length = length;
            this.values = values;
            this.overflow = overflow;
        }

        /** These rows and what is made of their documents are of no more use; once for each. */
        public static void letGo(List<Row> rows) {
            int first = 0;
            for (int i = 1; i <= rows.size(); i++) {
                var block = rows.get(first).block;
                if (i == rows.size() || rows.get(i).block != block) {
                    block.letGo(i - first);
                    first = i;
                }
            }
        }

        @Override
        public RawRecord record() {
            return record;
        }

        /** The identity, also the document's {@code _id}; a text made for each that asks. */
        public String id() {
            return new String(block.bytes(), idFrom(), idTo() - idFrom(), UTF_8);
        }

        /** The identity where the event itself says it; null where it is made of what it says. */
        public @Nullable String givenId() {
            var id = block.bytes();
            for (int i = 0; i < EventId.GIVEN.length(); i++) {
                if (id[idFrom() + i] != EventId.GIVEN.charAt(i)) {
                    return null;
                }
            }
            return id();
        }

        /** How the identities of two rows are ordered: by their bytes. */
        public int compareIdentity(Row other) {
            return Arrays.compareUnsigned(
                    block.bytes(),
                    idFrom(),
                    idTo(),
                    other.block.bytes(),
                    other.idFrom(),
                    other.idTo());
        }

        /** With how many bytes, at most so many, the identities of two rows begin alike. */
        public int commonIdentity(Row other, int most) {
            int own = Math.min(idTo() - idFrom(), most);
            int others = Math.min(other.idTo() - other.idFrom(), most);
            int differs =
                    Arrays.mismatch(
                            block.bytes(),
                            idFrom(),
                            idFrom() + own,
                            other.block.bytes(),
                            other.idFrom(),
                            other.idFrom() + others);
            return differs < 0 ? own : differs;
        }

        /** A byte of the identity, from 0 to 255; 0 behind its end. */
        public int identityByte(int place) {
            int at = idFrom() + place;
            return at < idTo() ? Byte.toUnsignedInt(block.bytes()[at]) : 0;
        }

        @Override
        public RawBsonDocument document() {
            return new RawBsonDocument(block.bytes(), from, length);
        }

        @Override
        public int documentBytes() {
            return length;
        }

        @Override
        public void copyDocument(byte[] to) {
            System.arraycopy(block.bytes(), from, to, 0, length);
        }

        /** Writes the document as it is. */
        public void writeDocument(BsonOutput out) {
            out.writeBytes(block.bytes(), from, length);
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
            return record.bytes() + length + EventValues.BYTES;
        }

        /** The same row, to count under another series than its own; its document says so. */
        public Row counting(Overflow under) {
            var mark = under.mark();
            if (mark == null) {
                return this;
            }
            var marked = documentWith(List.of(new BsonElement(StoreLayout.OVERFLOW, mark)));
            return new Row(record, marked, values, under);
        }

        /** The same row, for which this was decided; its document says so. */
        public Row counting(DecidedCounts decided) {
            return new Row(
                    record, documentWith(decided.elements()), values.counting(decided), overflow);
        }

        private byte[] documentWith(List<BsonElement> more) {
            var out = new BasicOutputBuffer(length + 64);
            try (var writer = new BsonBinaryWriter(out);
                    var reader =
                            new BsonBinaryReader(
                                    new ByteBufferBsonInput(document().getByteBuffer()))) {
                writer.pipe(reader, more);
            }
            return out.toByteArray();
        }

        private int idFrom() {
            return from + ID_AT;
        }

        private int idTo() {
            return idFrom() + (int) INT.get(block.bytes(), idFrom() - Integer.BYTES) - 1;
        }

        @Override
        public String toString() {
            return "%s: %s under %s".formatted(id(), values, overflow);
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
