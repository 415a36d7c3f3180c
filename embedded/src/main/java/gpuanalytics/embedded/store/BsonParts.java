package gpuanalytics.embedded.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A BSON document with only some of its fields, copied without decoding any. For one thread. */
final class BsonParts {

    private static final int INT = 4;
    private static final int DOCUMENT = 0x03;
    private static final int ARRAY = 0x04;

    private final byte[] bytes;
    private final ByteBuffer numbers;
    private final byte[] kept;
    private final ByteBuffer keptNumbers;
    private int end;

    private BsonParts(byte[] bytes) {
        this.bytes = bytes;
        this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.kept = new byte[bytes.length];
        this.keptNumbers = ByteBuffer.wrap(kept).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The document with the wanted fields, in its own order; what is not there is left out. */
    static byte[] only(byte[] bytes, Wanted wanted) {
        var parts = new BsonParts(bytes);
        parts.copyDocument(0, wanted);
        return Arrays.copyOf(parts.kept, parts.end);
    }

    private void copyDocument(int start, Wanted wanted) {
        int keptStart = end;
        end += INT;
        int at = start + INT;
        while (bytes[at] != 0) {
            int type = bytes[at];
            int nameEnd = endOfText(at + 1);
            int value = nameEnd + 1;
            int next = value + size(type, value);
            int field = wanted.find(bytes, at + 1, nameEnd);
            if (field >= 0) {
                var part = wanted.part(field);
                if (part == null) {
                    copy(at, next);
                } else if (type == DOCUMENT) {
                    copy(at, value);
                    copyDocument(value, part);
                } else if (type == ARRAY) {
                    copy(at, value);
                    copyArray(value, part);
                }
            }
            at = next;
        }
        kept[end++] = 0;
        keptNumbers.putInt(keptStart, end - keptStart);
    }

    /** Of what has no fields itself, nothing of a field of it is wanted. */
    private void copyArray(int start, Wanted wanted) {
        int keptStart = end;
        end += INT;
        int at = start + INT;
        int elements = 0;
        while (bytes[at] != 0) {
            int type = bytes[at];
            int value = endOfText(at + 1) + 1;
            if (type == DOCUMENT || type == ARRAY) {
                kept[end++] = (byte) type;
                for (byte digit : Integer.toString(elements++).getBytes(UTF_8)) {
                    kept[end++] = digit;
                }
                kept[end++] = 0;
                if (type == DOCUMENT) {
                    copyDocument(value, wanted);
                } else {
                    copyArray(value, wanted);
                }
            }
            at = value + size(type, value);
        }
        kept[end++] = 0;
        keptNumbers.putInt(keptStart, end - keptStart);
    }

    private void copy(int from, int to) {
        System.arraycopy(bytes, from, kept, end, to - from);
        end += to - from;
    }

    private int endOfText(int from) {
        int at = from;
        while (bytes[at] != 0) {
            at++;
        }
        return at;
    }

    /** How many bytes a value of a type takes, by the specification of BSON 1.1. */
    private int size(int type, int at) {
        return switch (type & 0xff) {
            case 0x06, 0x0a, 0x7f, 0xff -> 0;
            case 0x08 -> 1;
            case 0x10 -> INT;
            case 0x01, 0x09, 0x11, 0x12 -> 8;
            case 0x07 -> 12;
            case 0x13 -> 16;
            case 0x02, 0x0d, 0x0e -> INT + numbers.getInt(at);
            case 0x0c -> INT + numbers.getInt(at) + 12;
            case 0x05 -> INT + 1 + numbers.getInt(at);
            case DOCUMENT, ARRAY, 0x0f -> numbers.getInt(at);
            case 0x0b -> endOfText(endOfText(at) + 1) + 1 - at;
            default ->
                    throw new IllegalStateException(
                            "%d is no type of BSON, in %s"
                                    .formatted(type, new String(bytes, UTF_8)));
        };
    }
}
