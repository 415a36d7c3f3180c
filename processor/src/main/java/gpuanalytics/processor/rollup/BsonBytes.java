package gpuanalytics.processor.rollup;

import gpuanalytics.processor.store.WireDocuments;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.bson.BsonArray;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.BsonOutput;

/**
 * Writes the elements of documents one after the other, without a tree of them, into an array that
 * is used again: an output of the driver checks and counts each character by itself, and names are
 * most of an update. For one thread.
 */
final class BsonBytes {

    /** What a document has before its first element: its length. */
    private static final int HEAD_BYTES = Integer.BYTES;

    private static final int FIRST_BYTES = 4096;
    private static final int LAST_ASCII = 0x7f;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    /** Each of these in this form, in an array of them all. */
    static <T> WireDocuments written(List<T> each, BiConsumer<BsonBytes, T> form) {
        var bytes = new BsonBytes();
        return new WireDocuments() {
            @Override
            public int size() {
                return each.size();
            }

            @Override
            public void write(int place, BsonOutput out) {
                form.accept(bytes, each.get(place));
                bytes.moveTo(out);
            }
        };
    }

    /** Moves all that is written to an output of the driver. */
    void moveTo(BsonOutput out) {
        out.writeBytes(bytes, 0, length);
        length = 0;
    }

    /** Begins a document that is no element of another; returns where. */
    int beginDocument() {
        int at = length;
        room(HEAD_BYTES);
        length += HEAD_BYTES;
        return at;
    }

    /** Begins a document in the one before; returns where. */
    int begin(String name) {
        element(BsonType.DOCUMENT, name);
        return beginDocument();
    }

    /** The same under a name in two parts. */
    int begin(String prefix, String name) {
        element(BsonType.DOCUMENT, prefix, name);
        return beginDocument();
    }

    /** Ends the document that begins there. */
    void end(int at) {
        room(1);
        bytes[length++] = 0;
        INT.set(bytes, at, length - at);
    }

    /** Ends the document that begins there, or takes it back with its name if nothing is in it. */
    void endUnlessEmpty(int at, String name) {
        if (length > at + HEAD_BYTES) {
            end(at);
        } else {
            length = at - name.length() - 2;
        }
    }

    void whole(String name, long value) {
        element(BsonType.INT64, name);
        longValue(value);
    }

    /** The same under a name in two parts. */
    void whole(String prefix, String name, long value) {
        element(BsonType.INT64, prefix, name);
        longValue(value);
    }

    void number(String name, double value) {
        element(BsonType.DOUBLE, name);
        longValue(Double.doubleToRawLongBits(value));
    }

    /** A whole number of 32 bits. */
    void small(String name, int value) {
        element(BsonType.INT32, name);
        intValue(value);
    }

    void time(String name, long millis) {
        element(BsonType.DATE_TIME, name);
        longValue(millis);
    }

    void flag(String name, boolean value) {
        element(BsonType.BOOLEAN, name);
        room(1);
        bytes[length++] = (byte) (value ? 1 : 0);
    }

    void text(String name, String value) {
        element(BsonType.STRING, name);
        room(Integer.BYTES + value.length() + 1);
        int end = copyAscii(value, length + Integer.BYTES);
        if (end < 0) {
            encoded(value);
            return;
        }
        INT.set(bytes, length, value.length() + 1);
        bytes[end] = 0;
        length = end + 1;
    }

    /** A document as it is. */
    void document(String name, RawBsonDocument value) {
        element(BsonType.DOCUMENT, name);
        var source = value.getByteBuffer();
        int size = source.remaining();
        room(size);
        source.get(bytes, length, size);
        length += size;
    }

    /** A text or a whole number. */
    void value(String name, Object value) {
        switch (value) {
            case String text -> text(name, text);
            case Long number -> whole(name, number);
            default -> throw new IllegalArgumentException("a label is a " + value.getClass());
        }
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

    /** Begins an array in the document before; its elements are named by their places. */
    int beginArray(String name) {
        element(BsonType.ARRAY, name);
        return beginDocument();
    }

    private void texts(String name, BsonArray texts) {
        int array = beginArray(name);
        for (int i = 0; i < texts.size(); i++) {
            text(Integer.toString(i), texts.get(i).asString().getValue());
        }
        end(array);
    }

    private void element(BsonType type, String name) {
        room(name.length() + 2);
        bytes[length++] = (byte) type.getValue();
        name(name);
        bytes[length++] = 0;
    }

    private void element(BsonType type, String prefix, String name) {
        room(prefix.length() + name.length() + 2);
        bytes[length++] = (byte) type.getValue();
        name(prefix);
        name(name);
        bytes[length++] = 0;
    }

    /**
     * A name, all of it ASCII: of a field of ours, of a topic or of a place. Copied as it lies in
     * memory, which the method that asks for a character set cannot do into an array that is there.
     */
    @SuppressWarnings("deprecation")
    private void name(String name) {
        int size = name.length();
        name.getBytes(0, size, bytes, length);
        length += size;
    }

    /** Returns where the text ends in the array; -1 where it is not ASCII. */
    private int copyAscii(String text, int from) {
        int at = from;
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each > LAST_ASCII) {
                return -1;
            }
            bytes[at++] = (byte) each;
        }
        return at;
    }

    /** As the driver encodes it, also where its characters make no text. */
    private void encoded(String value) {
        try (var out = new BasicOutputBuffer(value.length() * 3 + Integer.BYTES + 1)) {
            out.writeString(value);
            int size = out.getPosition();
            room(size);
            System.arraycopy(out.getInternalBuffer(), 0, bytes, length, size);
            length += size;
        }
    }

    private void intValue(int value) {
        room(Integer.BYTES);
        INT.set(bytes, length, value);
        length += Integer.BYTES;
    }

    private void longValue(long value) {
        room(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
