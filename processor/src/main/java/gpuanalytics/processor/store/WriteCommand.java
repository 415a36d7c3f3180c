package gpuanalytics.processor.store;

import com.mongodb.WriteConcern;
import org.bson.BsonBinaryWriter;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * An unordered insert or update, put together as bytes in a buffer that is used again: the driver
 * then copies one array instead of encoding document by document. For one thread.
 */
final class WriteCommand {

    /** What is written. */
    enum Kind {
        INSERT("insert", "documents"),
        UPDATE("update", "updates");

        private final String command;
        private final String array;

        Kind(String command, String array) {
            this.command = command;
            this.array = array;
        }
    }

    /** Documents go together up to so many bytes; a larger one goes alone. */
    static final int MAX_BYTES = 4 << 20;

    /** Below what servers take in one command. */
    static final int MAX_DOCUMENTS = 10_000;

    private static final int FIRST_BYTES = 64 << 10;

    /** A buffer that one large document has made larger is not kept. */
    private static final int MAX_KEPT_BYTES = 2 * MAX_BYTES;

    private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
    private static final BsonDocument CONCERN = WriteConcern.MAJORITY.asDocument();

    private BasicOutputBuffer out = new BasicOutputBuffer(FIRST_BYTES);
    private int arrayFrom;

    /**
     * Takes up documents from a place in a list on, at least one.
     *
     * @return the place of the first that has no room
     */
    int fill(Kind kind, String collection, WireDocuments documents, int from) {
        begin(kind, collection);
        int next = from;
        while (next < documents.size() && next - from < MAX_DOCUMENTS) {
            int before = out.getPosition();
            beginElement(next - from);
            documents.write(next, out);
            if (next > from && out.getPosition() > MAX_BYTES) {
                out.truncateToPosition(before);
                break;
            }
            next++;
        }
        end();
        return next;
    }

    /** The command; valid until the next is filled. */
    RawBsonDocument document() {
        return new RawBsonDocument(out.getInternalBuffer(), 0, out.getPosition());
    }

    private void begin(Kind kind, String collection) {
        if (out.getInternalBuffer().length > MAX_KEPT_BYTES) {
            out = new BasicOutputBuffer(FIRST_BYTES);
        }
        out.truncateToPosition(0);
        var head =
                new BsonDocument(kind.command, new BsonString(collection))
                        .append("ordered", BsonBoolean.FALSE)
                        .append("writeConcern", CONCERN);
        CODEC.encode(new BsonBinaryWriter(out), head, EncoderContext.builder().build());
        out.truncateToPosition(out.getPosition() - 1); // goes on where it had ended
        out.writeByte(BsonType.ARRAY.getValue());
        out.writeCString(kind.array);
        arrayFrom = out.getPosition();
        out.writeInt32(0);
    }

    /** The type and the name of an element of the array: its number. */
    private void beginElement(int number) {
        out.writeByte(BsonType.DOCUMENT.getValue());
        int power = 1;
        while (power <= number / 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            out.writeByte('0' + number / power % 10);
        }
        out.writeByte(0);
    }

    private void end() {
        out.writeByte(0);
        out.writeInt32(arrayFrom, out.getPosition() - arrayFrom);
        out.writeByte(0);
        out.writeInt32(0, out.getPosition());
    }
}
