package gpuanalytics.processor.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.mongodb.client.model.Projections;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * Named fields of stored documents, found in their bytes (BSON 1.1). Nothing is made of the rest,
 * and a text that comes again is the same object: an hour has hundreds of thousands of rollups. One
 * document at a time; for one thread.
 */
public final class StoredFields {

    private static final int DOUBLE = 0x01;
    private static final int TEXT = 0x02;
    private static final int DOCUMENT = 0x03;
    private static final int ARRAY = 0x04;
    private static final int BINARY = 0x05;
    private static final int FLAG = 0x08;
    private static final int TIME = 0x09;
    private static final int NULL = 0x0a;
    private static final int INT32 = 0x10;
    private static final int INT64 = 0x12;

    /** What bytes have before the first: their length, and of what kind they are. */
    private static final int BINARY_HEAD = Integer.BYTES + 1;

    /** A power of two. */
    private static final int KNOWN_TEXTS = 4096;

    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private final List<String> paths = new ArrayList<>();
    private final Field root = new Field("");
    private final byte[][] knownBytes = new byte[KNOWN_TEXTS][];
    private final @Nullable String[] knownTexts = new String[KNOWN_TEXTS];
    private byte[] bytes = {};

    /** How many documents have been read. */
    private long documents;

    /** A numbered count in a document whose names are numbers. */
    public interface Counts {
        void accept(int number, long count);
    }

    /** A field, as it is in the document that was read last. */
    public final class Field {

        private final byte[] name;
        private final List<Field> parts = new ArrayList<>();
        private long foundIn = -1;
        private int type;
        private int at;

        private Field(String name) {
            this.name = name.getBytes(UTF_8);
        }

        /** Whether the document has it, be it null. */
        public boolean isThere() {
            return foundIn == documents;
        }

        public boolean isNumber() {
            return isThere() && (type == INT64 || type == INT32 || type == DOUBLE);
        }

        /** A number, as whole as it is stored; 0 where there is none. */
        public long integer() {
            return isThere() ? StoredFields.this.integer(type, at) : 0;
        }

        /** A number; NaN where there is none. */
        public double decimal() {
            return !isNumber()
                    ? Double.NaN
                    : type == DOUBLE ? (double) DOUBLES.get(bytes, at) : integer();
        }

        /**
         * A moment.
         *
         * @throws IllegalStateException where there is none
         */
        public Instant time() {
            if (!isThere() || type != TIME) {
                throw new IllegalStateException(new String(name, UTF_8) + " is no time");
            }
            return Instant.ofEpochMilli((long) LONGS.get(bytes, at));
        }

        /** A text; null where there is none. */
        public @Nullable String text() {
            return isThere() && type == TEXT ? StoredFields.this.text(at) : null;
        }

        /** What a text has behind the first sign of this kind; all of it where it has none. */
        public String textAfter(char sign) {
            if (!isThere() || type != TEXT) {
                throw new IllegalStateException(new String(name, UTF_8) + " is no text");
            }
            int from = at + Integer.BYTES;
            int to = from + (int) INTS.get(bytes, at) - 1;
            int found = from;
            while (found < to && bytes[found] != sign) {
                found++;
            }
            return known(found < to ? found + 1 : from, to);
        }

        /** Texts of an array; null where there is none. */
        public @Nullable List<String> texts() {
            if (!isThere() || type != ARRAY) {
                return null;
            }
            var texts = new ArrayList<String>();
            forEachElement(
                    at,
                    (elementType, _, _, value) -> {
                        if (elementType == TEXT) {
                            texts.add(StoredFields.this.text(value));
                        }
                    });
            return texts;
        }

        /** The documents that lie one after the other in a field of bytes. */
        public void forEachDocument(Consumer<RawBsonDocument> reader) {
            if (isThere() && type == BINARY) {
                var of = bytes;
                int end = at + StoredFields.this.size(type, at);
                for (int from = at + BINARY_HEAD; from < end; ) {
                    int length = (int) INTS.get(of, from);
                    reader.accept(new RawBsonDocument(of, from, length));
                    from += length;
                }
            }
        }

        /** The counts of a document whose names are numbers. */
        public void forEachCount(Counts counts) {
            if (isThere() && type == DOCUMENT) {
                forEachElement(
                        at,
                        (elementType, from, to, value) ->
                                counts.accept(
                                        number(from, to),
                                        StoredFields.this.integer(elementType, value)));
            }
        }
    }

    private interface Elements {
        void accept(int type, int nameFrom, int nameTo, int value);
    }

    /**
     * A field that is to be found in each document.
     *
     * @param path its name; of a field in a document in a field their names, with a dot between
     */
    public Field field(String path) {
        paths.add(path);
        var field = root;
        for (var name : path.split("\\.", -1)) {
            field = part(field, name);
        }
        return field;
    }

    private Field part(Field of, String name) {
        for (var part : of.parts) {
            if (Arrays.equals(part.name, name.getBytes(UTF_8))) {
                return part;
            }
        }
        of.parts.add(new Field(name));
        return of.parts.getLast();
    }

    /** Has a search give these fields alone. */
    public Bson projection() {
        return Projections.include(paths);
    }

    /** Finds the fields of a document; what was found in the one before is forgotten. */
    public void read(RawBsonDocument document) {
        var buffer = document.getByteBuffer();
        bytes = buffer.array();
        documents++;
        find(buffer.position(), root.parts);
    }

    private void find(int document, List<Field> wanted) {
        int at = document + Integer.BYTES;
        int expected = 0;
        while (bytes[at] != 0) {
            int type = bytes[at];
            int name = at + 1;
            int value = endOfName(name) + 1;
            int found = indexOf(wanted, expected, name, value - 1);
            if (found >= 0) {
                // documents have their fields in much the same order
                Collections.swap(wanted, expected, found);
                var field = wanted.get(expected++);
                field.foundIn = documents;
                field.type = type;
                field.at = value;
                if (type == DOCUMENT && !field.parts.isEmpty()) {
                    find(value, field.parts);
                }
            }
            at = value + size(type, value);
        }
    }

    private int indexOf(List<Field> wanted, int from, int nameFrom, int nameTo) {
        for (int i = from; i < wanted.size(); i++) {
            var name = wanted.get(i).name;
            if (name.length == nameTo - nameFrom
                    && Arrays.equals(bytes, nameFrom, nameTo, name, 0, name.length)) {
                return i;
            }
        }
        return -1;
    }

    private void forEachElement(int document, Elements elements) {
        int at = document + Integer.BYTES;
        while (bytes[at] != 0) {
            int value = endOfName(at + 1) + 1;
            elements.accept(bytes[at], at + 1, value - 1, value);
            at = value + size(bytes[at], value);
        }
    }

    private int endOfName(int from) {
        int at = from;
        while (bytes[at] != 0) {
            at++;
        }
        return at;
    }

    /** Of the types that a rollup has. */
    private int size(int type, int at) {
        return switch (type) {
            case NULL -> 0;
            case FLAG -> 1;
            case INT32 -> Integer.BYTES;
            case DOUBLE, TIME, INT64 -> Long.BYTES;
            case TEXT -> Integer.BYTES + (int) INTS.get(bytes, at);
            case BINARY -> BINARY_HEAD + (int) INTS.get(bytes, at);
            case DOCUMENT, ARRAY -> (int) INTS.get(bytes, at);
            default ->
                    throw new IllegalStateException(
                            "a stored value has type %d of BSON, which no rollup has"
                                    .formatted(type));
        };
    }

    private long integer(int type, int at) {
        return switch (type) {
            case INT64 -> (long) LONGS.get(bytes, at);
            case INT32 -> (int) INTS.get(bytes, at);
            case DOUBLE -> (long) (double) DOUBLES.get(bytes, at);
            default -> 0;
        };
    }

    /** A name that is a number, in decimal digits. */
    private int number(int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = 10 * number + Character.digit(bytes[i], 10);
        }
        return number;
    }

    private String text(int at) {
        int from = at + Integer.BYTES;
        return known(from, from + (int) INTS.get(bytes, at) - 1);
    }

    private String known(int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int place = (hash ^ hash >>> 16) & (KNOWN_TEXTS - 1);
        var text = knownTexts[place];
        var known = knownBytes[place];
        if (text == null || !Arrays.equals(bytes, from, to, known, 0, known.length)) {
            text = new String(bytes, from, to - from, UTF_8);
            knownTexts[place] = text;
            knownBytes[place] = Arrays.copyOfRange(bytes, from, to);
        }
        return text;
    }
}
