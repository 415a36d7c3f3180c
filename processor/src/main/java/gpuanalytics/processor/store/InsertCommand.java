package gpuanalytics.processor.store;

import com.mongodb.WriteConcern;
import java.util.List;
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
 * An unordered insert of documents that are bytes already, put together in a buffer that is used
 * again: the driver then copies one array instead of encoding document by document. For one thread.
 */
final class InsertCommand {

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
    private int count;

    /**
     * Takes up documents from a place in a list on, at least one.
     *
     * @return the place of the first that has no room
     */
    int fill(String collection, List<RawBsonDocument> documents, int from) {
        begin(collection);
        int next = from;
        while (next < documents.size() && count < MAX_DOCUMENTS) {
            var bytes = documents.get(next).getByteBuffer();
            int length = bytes.remaining();
            if (count > 0 && out.getPosition() + length > MAX_BYTES) {
                break;
            }
            beginElement(BsonType.DOCUMENT);
            out.writeBytes(bytes.array(), bytes.position(), length);
            count++;
            next++;
        }
        end();
        return next;
    }

    /** The command; valid until the next is filled. */
    RawBsonDocument document() {
        return new RawBsonDocument(out.getInternalBuffer(), 0, out.getPosition());
    }

    private void begin(String collection) {
        if (out.getInternalBuffer().length > MAX_KEPT_BYTES) {
            out = new BasicOutputBuffer(FIRST_BYTES);
        }
        out.truncateToPosition(0);
        count = 0;
        var head =
                new BsonDocument("insert", new BsonString(collection))
                        .append("ordered", BsonBoolean.FALSE)
                        .append("writeConcern", CONCERN);
        CODEC.encode(new BsonBinaryWriter(out), head, EncoderContext.builder().build());
        out.truncateToPosition(out.getPosition() - 1); // goes on where it had ended
        out.writeByte(BsonType.ARRAY.getValue());
        out.writeCString("documents");
        arrayFrom = out.getPosition();
        out.writeInt32(0);
    }

    /** The type and the name of the next element of the array: its number. */
    private void beginElement(BsonType type) {
        out.writeByte(type.getValue());
        int power = 1;
        while (power <= count / 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            out.writeByte('0' + count / power % 10);
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
