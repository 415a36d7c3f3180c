package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What bytes of a record may be. */
final class FlatBytes {

    static final byte[] TRUE = "true".getBytes(ISO_8859_1);
    static final byte[] FALSE = "false".getBytes(ISO_8859_1);
    static final byte[] NULL = "null".getBytes(ISO_8859_1);
    static final byte[] NOTHING = {};

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
