package gpuanalytics.processor.decode;

import org.bson.RawBsonDocument;

/** The bytes of a raw document, wherever they lie. */
public interface RawDocument {

    /** A view of the bytes, for as long as they lie there. */
    RawBsonDocument document();

    /** How many there are. */
    int documentBytes();

    /** Copies them to the beginning of an array. */
    void copyDocument(byte[] to);

    /** A document that lies for itself. */
    static RawDocument copyOf(RawBsonDocument document) {
        var buffer = document.getByteBuffer();
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return new Own(bytes);
    }

    /**
     * A document with an array of its own.
     *
     * @param bytes the array, not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Own(byte[] bytes) implements RawDocument {

        @Override
        public RawBsonDocument document() {
            return new RawBsonDocument(bytes);
        }

        @Override
        public int documentBytes() {
            return bytes.length;
        }

        @Override
        public void copyDocument(byte[] to) {
            System.arraycopy(bytes, 0, to, 0, bytes.length);
        }
    }
}
