package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What bytes of a record may be. */
final class FlatBytes {

    static final byte[] TRUE = "true".getBytes(ISO_8859_1);
    static final byte[] FALSE = "false".getBytes(ISO_8859_1);
    static final byte[] NULL = "null".getBytes(ISO_8859_1);
    static final byte[] NOTHING = {};

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A one, and the highest bit, in each byte. */
    private static final long ONES = 0x0101_0101_0101_0101L;

    private static final long HIGHS = 0x8080_8080_8080_8080L;

    private FlatBytes() {}

    static boolean isSpace(byte next) {
        return next == ' ' || next == '\n' || next == '\r' || next == '\t';
    }

    static boolean isDigit(byte next) {
        return next >= '0' && next <= '9';
    }

    /** Printable ASCII that stands for itself in a JSON text. */
    static boolean isPlain(byte next) {
        return next >= ' ' && next < 0x7f && next != '"' && next != '\\';
    }

    /** Where the first byte is that is not plain, or else the end; eight at a time. */
    static int endOfPlain(byte[] text, int from, int end) {
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long others = notPlain((long) LONG.get(text, at));
            if (others != 0) {
                return at + (Long.numberOfTrailingZeros(others) >>> 3);
            }
        }
        while (at < end && isPlain(text[at])) {
            at++;
        }
        return at;
    }

    /**
     * The highest bit of the first byte that is not plain, and perhaps of some behind it; 0 where
     * all are plain.
     */
    private static long notPlain(long eight) {
        long below = (eight - ONES * ' ') & ~eight;
        return (eight
                        | below
                        | zeros(eight ^ ONES * '"')
                        | zeros(eight ^ ONES * '\\')
                        | zeros(eight ^ ONES * 0x7f))
                & HIGHS;
    }

    /** The highest bit of the first byte that is zero, and perhaps of some behind it. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight;
    }

    /** Up to eight bytes, the first lowest, as a number. */
    static long word(byte[] text, int from, int count) {
        if (from + Long.BYTES <= text.length) {
            long eight = (long) LONG.get(text, from);
            return count < Long.BYTES ? eight & ((1L << (count * Byte.SIZE)) - 1) : eight;
        }
        long word = 0;
        for (int i = 0; i < Math.min(count, Long.BYTES); i++) {
            word |= (text[from + i] & 0xffL) << (i * Byte.SIZE);
        }
        return word;
    }

    /**
     * Whether a text may stand for no value: DCGM's are in angle brackets, nvidia-smi's in square.
     */
    static boolean isBlankLike(byte[] text, int from, int length) {
        return length > 0
                && switch (text[from]) {
                    case '<', '[' -> true;
                    case 'N' -> length == 3 && text[from + 1] == '/';
                    case 'E' -> length == 4 && text[from + 3] == '!';
                    default -> false;
                };
    }
}
