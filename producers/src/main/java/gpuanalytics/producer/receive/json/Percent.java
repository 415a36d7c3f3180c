package gpuanalytics.producer.receive.json;

import java.io.ByteArrayOutputStream;

/** Values of headers as CloudEvents writes them: UTF-8, what is not ASCII percent-encoded. */
final class Percent {

    private Percent() {}

    /** The bytes of a value; what is no code of two hexadecimal digits stays as it is. */
    static byte[] decoded(String value) {
        var bytes = new ByteArrayOutputStream(value.length());
        for (int at = 0; at < value.length(); at++) {
            char here = value.charAt(at);
            int code = here == '%' ? code(value, at + 1) : -1;
            if (code >= 0) {
                bytes.write(code);
                at += 2;
            } else {
                // headers of HTTP hold a byte per character
                bytes.write(here);
            }
        }
        return bytes.toByteArray();
    }

    private static int code(String value, int at) {
        if (at + 2 > value.length()) {
            return -1;
        }
        int high = Character.digit(value.charAt(at), 16);
        int low = Character.digit(value.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
