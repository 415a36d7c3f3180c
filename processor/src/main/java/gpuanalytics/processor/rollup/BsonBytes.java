package gpuanalytics.processor.rollup;

import org.bson.BsonArray;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.io.BsonOutput;

/** Writes the elements of documents one after the other, without a tree of them. */
final class BsonBytes {

    /** What a document has before its first element: its length. */
    private static final int HEAD_BYTES = Integer.BYTES;

    private final BsonOutput out;

    BsonBytes(BsonOutput out) {
        this.out = out;
    }

    /** Begins a document that is no element of another; returns where. */
    int beginDocument() {
        int at = out.getPosition();
        out.writeInt32(0);
        return at;
    }

    /** Begins a document in the one before; returns where. */
    int begin(String name) {
        element(BsonType.DOCUMENT, name);
        return beginDocument();
    }

    /** Ends the document that begins there. */
    void end(int at) {
        out.writeByte(0);
        out.writeInt32(at, out.getPosition() - at);
    }

    /** Ends the document that begins there, or takes it back with its name if nothing is in it. */
    void endUnlessEmpty(int at, String name) {
        if (out.getPosition() > at + HEAD_BYTES) {
            end(at);
        } else {
            out.truncateToPosition(at - name.length() - 2);
        }
    }

    void whole(String name, long value) {
        element(BsonType.INT64, name);
        out.writeInt64(value);
    }

    void number(String name, double value) {
        element(BsonType.DOUBLE, name);
        out.writeDouble(value);
    }

    void time(String name, long millis) {
        element(BsonType.DATE_TIME, name);
        out.writeInt64(millis);
    }

    void flag(String name, boolean value) {
        element(BsonType.BOOLEAN, name);
        out.writeByte(value ? 1 : 0);
    }

    void text(String name, String value) {
        element(BsonType.STRING, name);
        out.writeString(value);
    }

    /** A label: a text or a whole number; or the names of those that are folded. */
    void label(String name, BsonValue value) {
        switch (value) {
            case BsonString text -> text(name, text.getValue());
            case BsonInt64 number -> whole(name, number.getValue());
            case BsonArray texts -> texts(name, texts);
            default -> throw new IllegalStateException("a label is a " + value.getBsonType());
        }
    }

    private void texts(String name, BsonArray texts) {
        element(BsonType.ARRAY, name);
        int array = beginDocument();
        for (int i = 0; i < texts.size(); i++) {
            text(Integer.toString(i), texts.get(i).asString().getValue());
        }
        end(array);
    }

    private void element(BsonType type, String name) {
        out.writeByte(type.getValue());
        out.writeCString(name);
    }
}
