package gpuanalytics.processor.decode;

import java.util.Arrays;

/** Where a scan stands in a record's bytes, and how it goes over what JSON is made of. */
abstract class FlatCursor {

    private static final int MAX_NUMBER_CHARS = 64;
    private static final int MAX_EXPONENT_DIGITS = 3;

    /** The record. */
    byte[] text = FlatBytes.NOTHING;

    /** The next byte of it. */
    int at;

    final void begin(byte[] record) {
        text = record;
        at = 0;
    }

    /** The length of the plain text here, or -1 where there is none. */
    final int scanText() {
        if (!take('"')) {
            return -1;
        }
        int from = at;
        while (at < text.length && FlatBytes.isPlain(text[at])) {
            at++;
        }
        int length = at - from;
        return take('"') ? length : -1;
    }

    final boolean skipScalar() {
        if (at == text.length) {
            return false;
        }
        return switch (text[at]) {
            case '"' -> scanText() >= 0;
            case 't' -> takeWord(FlatBytes.TRUE);
            case 'f' -> takeWord(FlatBytes.FALSE);
            case 'n' -> takeWord(FlatBytes.NULL);
            default -> scanNumber();
        };
    }

    /** Goes over a number of JSON's grammar. */
    final boolean scanNumber() {
        int from = at;
        take('-');
        int whole = at;
        if (skipDigits() == 0 || (at - whole > 1 && text[whole] == '0')) {
            return false;
        }
        if (take('.') && skipDigits() == 0) {
            return false;
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            int digits = skipDigits();
            if (digits == 0 || digits > MAX_EXPONENT_DIGITS) {
                return false;
            }
        }
        return at - from <= MAX_NUMBER_CHARS && isValueEnd();
    }

    final void skipSpace() {
        while (at < text.length && FlatBytes.isSpace(text[at])) {
            at++;
        }
    }

    final int skipDigits() {
        int from = at;
        while (at < text.length && FlatBytes.isDigit(text[at])) {
            at++;
        }
        return at - from;
    }

    final boolean take(char expected) {
        if (at < text.length && text[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    final boolean takeWord(byte[] word) {
        int to = at + word.length;
        if (to > text.length || !Arrays.equals(text, at, to, word, 0, word.length)) {
            return false;
        }
        at = to;
        return isValueEnd();
    }

    final boolean isValueEnd() {
        return at < text.length
                && (FlatBytes.isSpace(text[at]) || text[at] == ',' || text[at] == '}');
    }
}
