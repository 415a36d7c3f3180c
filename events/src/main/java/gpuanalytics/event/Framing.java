package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;

/** The text of a record's bytes, without what a schema registry puts before it. */
final class Framing {

    /** A zero and the id of a schema (Confluent's wire format). */
    private static final int SCHEMA_BYTES = 5;

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
        if (value.length == 0 || value[0] != 0) {
            return ByteBuffer.wrap(value);
        }
        if (!beginsAsJson(value)) {
            throw new RejectedException(
                    Json.notJson(
                            "it begins as a schema registry's does, and what follows is no JSON"));
        }
        return ByteBuffer.wrap(value, SCHEMA_BYTES, value.length - SCHEMA_BYTES);
    }

    private static boolean beginsAsJson(byte[] value) {
        int at = SCHEMA_BYTES;
        while (at < value.length && Character.isWhitespace(value[at])) {
            at++;
        }
        return at < value.length && (value[at] == '{' || value[at] == '[');
    }
}
