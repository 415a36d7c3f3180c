package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;

/** The text of a record's bytes, without what a schema registry or an editor puts before it. */
final class Framing {

    /** A zero and the id of a schema (Confluent's wire format). */
    private static final int SCHEMA_BYTES = 5;

    /** U+FEFF in UTF-8, as Windows begins its files. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private Framing() {}

    /** The characters; Jackson's own reading of bytes lets other encodings and bad UTF-8 pass. */
    static char[] textOf(byte[] value) throws RejectedException {
        var bytes = payload(value);
        var text = CharBuffer.allocate(bytes.remaining());
        if (UTF_8.newDecoder().decode(bytes, text, true).isError()) {
            throw new RejectedException(
                    Json.notJson("byte %d is not UTF-8".formatted(bytes.position())));
        }
        return Arrays.copyOf(text.array(), text.position());
    }

    private static ByteBuffer payload(byte[] value) throws RejectedException {
        boolean framed = value.length > 0 && value[0] == 0;
        int at = Math.min(afterMark(value, framed ? SCHEMA_BYTES : 0), value.length);
        if (framed ? beginsAsJson(value, at) : !isUtf16(value)) {
            return ByteBuffer.wrap(value, at, value.length - at);
        }
        throw new RejectedException(
                Json.notJson(
                        isUtf16(value)
                                ? "it is UTF-16, expected UTF-8"
                                : "it begins as a schema registry's does, and what follows is no"
                                        + " JSON"));
    }

    private static int afterMark(byte[] value, int at) {
        int end = at + BYTE_ORDER_MARK.length;
        boolean marked =
                end <= value.length
                        && Arrays.equals(
                                value, at, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        return marked ? end : at;
    }

    /** By its mark, or by the zero beside the bracket that it begins with. */
    private static boolean isUtf16(byte[] value) {
        if (value.length < 2) {
            return false;
        }
        int first = Byte.toUnsignedInt(value[0]) << Byte.SIZE | Byte.toUnsignedInt(value[1]);
        return switch (first) {
            case 0xFEFF, 0xFFFE, '{', '[', '{' << Byte.SIZE, '[' << Byte.SIZE -> true;
            default -> false;
        };
    }

    private static boolean beginsAsJson(byte[] value, int from) {
        int at = from;
        while (at < value.length && Character.isWhitespace(value[at])) {
            at++;
        }
        return at < value.length && (value[at] == '{' || value[at] == '[');
    }
}
