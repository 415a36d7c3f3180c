package gpuanalytics.processor.decode;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where a scan stands in a record's bytes, and how it goes over what JSON is made of. */
abstract class FlatCursor {

    private static final int MAX_NUMBER_CHARS = 64;

    /** The digits of so many characters are a whole number that is a double. */
    private static final int MAX_DECIMAL_CHARS = 15;

    private static final int MAX_EXPONENT_DIGITS = 3;

    /** The array that the record is in. */
    byte[] text = FlatBytes.NOTHING;

    /** Its next byte. */
    int at;

    /** Behind its last byte. */
    int end;

    private int begin;

    final void begin(ByteBuffer record) {
        text = record.array();
        begin = record.arrayOffset() + record.position();
        at = begin;
        end = begin + record.remaining();
    }

    /** How many bytes the record has. */
    final int length() {
        return end - begin;
    }

    /** The length of the plain text here, or -1 where there is none. */
    final int scanText() {
        if (!take('"')) {
            return -1;
        }
        int from = at;
        at = FlatBytes.endOfPlain(text, at, end);
        int length = at - from;
        return take('"') ? length : -1;
    }

    final boolean skipScalar() {
        if (at == end) {
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

    /**
     * Reads a number of few digits, such as 98.5, while going over it; for any other NaN, and the
     * cursor stands where it stood.
     */
    final double scanDecimal() {
        var bytes = text;
        int from = at;
        int most = Math.min(end, from + MAX_DECIMAL_CHARS + 1);
        int to = from;
        long digits = 0;
        int point = -1;
        for (; to < most; to++) {
            byte next = bytes[to];
            if (FlatBytes.isDigit(next)) {
                digits = digits * 10 + next - '0';
            } else if (next == '.' && point < 0) {
                point = to;
            } else {
                break;
            }
        }
        at = to;
        int whole = (point < 0 ? to : point) - from;
        boolean isWritten = whole > 0 && (whole == 1 || bytes[from] != '0') && point != to - 1;
        if (!isWritten || to - from > MAX_DECIMAL_CHARS || !isValueEnd()) {
            at = from;
            return Double.NaN;
        }
        return FlatNumber.decimal(digits, point < 0 ? 0 : to - point - 1);
    }

    final void skipSpace() {
        while (at < end && text[at] <= ' ' && FlatBytes.isSpace(text[at])) {
            at++;
        }
    }

    final int skipDigits() {
        int from = at;
        while (at < end && FlatBytes.isDigit(text[at])) {
            at++;
        }
        return at - from;
    }

    final boolean take(char expected) {
        if (at < end && text[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    final boolean takeWord(byte[] word) {
        int to = at + word.length;
        if (to > end || !Arrays.equals(text, at, to, word, 0, word.length)) {
            return false;
        }
        at = to;
        return isValueEnd();
    }

    final boolean isValueEnd() {
        return at < end && (text[at] == ',' || text[at] == '}' || FlatBytes.isSpace(text[at]));
    }
}
