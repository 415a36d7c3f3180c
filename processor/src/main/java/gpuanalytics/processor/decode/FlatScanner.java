package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.util.Arrays;

/**
 * Reads the values of a plain record from its bytes in one pass, without an object per value.
 *
 * <p>Plain is: one flat JSON object of ASCII without escapes, under the contract's own names, every
 * value valid, and the time written {@code 2026-01-31T12:00:00.123Z}. Whatever else there is, also
 * what must be refused, is not plain: the codec judges it. For one thread.
 */
final class FlatScanner {

    /** 2^53: up to here every whole number is a double. */
    private static final long MAX_EXACT = 1L << 53;

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final int MAX_NUMBER_CHARS = 64;
    private static final int MAX_INTEGER_DIGITS = 15;
    private static final int MAX_EXPONENT_DIGITS = 3;

    /** More unknown names than this are not plain; each is compared with all others. */
    private static final int MAX_UNKNOWN = 16;

    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2261;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int TIME_CHARS = "2026-01-31T12:00:00".length();

    private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
    private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
    private static final byte[] NULL = "null".getBytes(ISO_8859_1);

    private static final byte[] NOTHING = {};

    private final EventTopic topic;
    private final FieldNames names;
    private final Field<?>[] fields;
    private final long required;

    /** Per field: a number's bits, a flag, or where a text begins and how long it is. */
    private final long[] values;

    private final int[] unknownFrom = new int[MAX_UNKNOWN];
    private final int[] unknownTo = new int[MAX_UNKNOWN];

    private byte[] text = NOTHING;
    private int at;
    private long seen;
    private long present;
    private int unknown;
    private long tsSeconds;
    private int tsNanos;

    FlatScanner(EventTopic topic) {
        this.topic = topic;
        this.names = new FieldNames(topic);
        this.fields = topic.fields().fields().toArray(Field<?>[]::new);
        if (fields.length > Long.SIZE) {
            throw new IllegalStateException(topic + " has more fields than a long has bits");
        }
        this.values = new long[fields.length];
        long mask = 0;
        for (var field : fields) {
            mask |= field.required() ? 1L << field.index() : 0;
        }
        this.required = mask;
    }

    /** Whether the record is plain; then the values are those of this record. */
    boolean scan(byte[] record) {
        text = record;
        at = 0;
        seen = 0;
        present = 0;
        unknown = 0;
        return scanObject() && isComplete();
    }

    boolean has(Field<?> field) {
        return (present & 1L << field.index()) != 0;
    }

    /** Seconds since 1970 of the event's time. */
    long tsSeconds() {
        return tsSeconds;
    }

    int tsNanos() {
        return tsNanos;
    }

    /** A whole number, a flag (1 or 0), or the bits of a number. */
    long bits(Field<?> field) {
        return values[field.index()];
    }

    /** Where a text begins in the record. */
    int from(Field<?> field) {
        return (int) (values[field.index()] >>> Integer.SIZE);
    }

    /** How many bytes, each one ASCII character, a text has. */
    int length(Field<?> field) {
        return (int) values[field.index()];
    }

    private boolean scanObject() {
        skipSpace();
        if (!take('{')) {
            return false;
        }
        skipSpace();
        if (take('}')) {
            return false; // lacks what is required
        }
        do {
            skipSpace();
            if (!scanMember()) {
                return false;
            }
            skipSpace();
        } while (take(','));
        if (!take('}')) {
            return false;
        }
        skipSpace();
        return at == text.length;
    }

    private boolean scanMember() {
        if (!take('"')) {
            return false;
        }
        int from = at;
        int hash = 0;
        while (at < text.length && isPlain(text[at])) {
            hash = FieldNames.hash(hash, text[at]);
            at++;
        }
        int to = at;
        if (!take('"')) {
            return false;
        }
        skipSpace();
        if (!take(':')) {
            return false;
        }
        skipSpace();
        int index = names.find(text, from, to, hash);
        return switch (index) {
            case FieldNames.RARE -> false;
            case FieldNames.UNKNOWN -> isNewUnknown(from, to) && skipScalar();
            default -> scanField(fields[index]);
        };
    }

    private boolean isNewUnknown(int from, int to) {
        if (unknown == MAX_UNKNOWN) {
            return false;
        }
        for (int i = 0; i < unknown; i++) {
            if (Arrays.equals(text, unknownFrom[i], unknownTo[i], text, from, to)) {
                return false;
            }
        }
        unknownFrom[unknown] = from;
        unknownTo[unknown] = to;
        unknown++;
        return true;
    }

    private boolean skipScalar() {
        if (at == text.length) {
            return false;
        }
        return switch (text[at]) {
            case '"' -> scanText() >= 0;
            case 't' -> takeWord(TRUE);
            case 'f' -> takeWord(FALSE);
            case 'n' -> takeWord(NULL);
            default -> scanNumber();
        };
    }

    private boolean scanField(Field<?> field) {
        long bit = 1L << field.index();
        if ((seen & bit) != 0) {
            return false;
        }
        seen |= bit;
        if (takeWord(NULL)) {
            return true;
        }
        return switch (field.kind()) {
            case TEXT -> scanText(field);
            case TIME -> scanTime(field);
            case INTEGER -> scanInteger(field);
            case NUMBER -> scanNumber(field);
            case FLAG -> scanFlag(field);
        };
    }

    private void set(Field<?> field, long bits) {
        values[field.index()] = bits;
        present |= 1L << field.index();
    }

    private boolean scanText(Field<?> field) {
        int from = at + 1;
        int length = scanText();
        // A text in angle brackets may be a blank.
        if (length < 0 || length > Field.MAX_TEXT_CHARS || (length > 0 && text[from] == '<')) {
            return false;
        }
        if (length > 0) {
            set(field, (long) from << Integer.SIZE | length);
        }
        return true;
    }

    /** The length of the plain text here, or -1 where there is none. */
    private int scanText() {
        if (!take('"')) {
            return -1;
        }
        int from = at;
        while (at < text.length && isPlain(text[at])) {
            at++;
        }
        int length = at - from;
        return take('"') ? length : -1;
    }

    private boolean scanFlag(Field<?> field) {
        if (takeWord(TRUE)) {
            set(field, 1);
            return true;
        }
        if (takeWord(FALSE)) {
            set(field, 0);
            return true;
        }
        return false;
    }

    private boolean scanInteger(Field<?> field) {
        int from = at;
        long value = 0;
        while (at < text.length && isDigit(text[at])) {
            if (at - from == MAX_INTEGER_DIGITS) {
                return false;
            }
            value = value * 10 + text[at] - '0';
            at++;
        }
        int digits = at - from;
        boolean leadingZero = digits > 1 && text[from] == '0';
        if (digits == 0 || leadingZero || !isValueEnd()) {
            return false;
        }
        if (value < field.min() || value > field.max()) {
            return false;
        }
        set(field, value);
        return true;
    }

    private boolean scanNumber(Field<?> field) {
        int from = at;
        if (!scanNumber()) {
            return false;
        }
        double value = numberAt(from, at) + 0.0; // no negative zero
        if (!(value >= field.min() && value <= field.max())) {
            return false;
        }
        set(field, Double.doubleToRawLongBits(value));
        return true;
    }

    /** Goes over a number of JSON's grammar. */
    private boolean scanNumber() {
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
     * The double nearest to a number of JSON's grammar: exact by one operation while mantissa and
     * power of ten are doubles themselves, else by the JDK.
     */
    private double numberAt(int from, int to) {
        boolean negative = text[from] == '-';
        long mantissa = 0;
        int exponent = 0;
        int i = negative ? from + 1 : from;
        boolean fraction = false;
        for (; i < to && text[i] != 'e' && text[i] != 'E'; i++) {
            if (text[i] == '.') {
                fraction = true;
                continue;
            }
            mantissa = mantissa * 10 + text[i] - '0';
            if (mantissa > MAX_EXACT) {
                return numberByJdk(from, to);
            }
            exponent -= fraction ? 1 : 0;
        }
        if (i < to) {
            exponent += exponentAt(i + 1, to);
        }
        if (Math.abs(exponent) >= POWERS_OF_TEN.length) {
            return numberByJdk(from, to);
        }
        double value =
                exponent < 0
                        ? mantissa / POWERS_OF_TEN[-exponent]
                        : mantissa * POWERS_OF_TEN[exponent];
        return negative ? -value : value;
    }

    private int exponentAt(int from, int to) {
        boolean signed = text[from] == '-' || text[from] == '+';
        int exponent = 0;
        for (int i = signed ? from + 1 : from; i < to; i++) {
            exponent = exponent * 10 + text[i] - '0';
        }
        return text[from] == '-' ? -exponent : exponent;
    }

    private double numberByJdk(int from, int to) {
        return Double.parseDouble(new String(text, from, to - from, ISO_8859_1));
    }

    private boolean scanTime(Field<?> field) {
        int from = at + 1;
        int length = scanText();
        if (length <= TIME_CHARS || text[from + length - 1] != 'Z') {
            return false;
        }
        int year = digits(from, 4);
        int month = digits(from + 5, 2);
        int day = digits(from + 8, 2);
        int hour = digits(from + 11, 2);
        int minute = digits(from + 14, 2);
        int second = digits(from + 17, 2);
        boolean shaped =
                text[from + 4] == '-'
                        && text[from + 7] == '-'
                        && text[from + 10] == 'T'
                        && text[from + 13] == ':'
                        && text[from + 16] == ':';
        boolean ranged =
                year >= FIRST_YEAR
                        && year <= LAST_YEAR
                        && month >= 1
                        && month <= 12
                        && day >= 1
                        && day <= daysOf(year, month)
                        && isBelow(hour, 24)
                        && isBelow(minute, 60)
                        && isBelow(second, 60);
        int nanos = fraction(from + TIME_CHARS, from + length - 1);
        if (!shaped || !ranged || nanos < 0) {
            return false;
        }
        tsSeconds =
                daysSince1970(year, month, day) * SECONDS_PER_DAY
                        + hour * 3600L
                        + minute * 60L
                        + second;
        tsNanos = nanos;
        set(field, 0);
        return true;
    }

    /** The nanoseconds of {@code .123}, 0 for nothing, -1 for anything else. */
    private int fraction(int from, int to) {
        if (from == to) {
            return 0;
        }
        int count = to - from - 1;
        if (text[from] != '.' || count < 1 || count > 9) {
            return -1;
        }
        int nanos = 0;
        for (int i = 0; i < 9; i++) {
            int digit = 0;
            if (i < count) {
                byte next = text[from + 1 + i];
                if (!isDigit(next)) {
                    return -1;
                }
                digit = next - '0';
            }
            nanos = nanos * 10 + digit;
        }
        return nanos;
    }

    /** The number in so many digits, or -1. */
    private int digits(int from, int count) {
        int value = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(text[i])) {
                return -1;
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static boolean isBelow(int value, int limit) {
        return value >= 0 && value < limit;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static long daysSince1970(int year, int month, int day) {
        // Counted from March on, the day of the year is linear in the month and a leap day is last.
        int fromMarch = (month + 9) % 12;
        long years = year - (long) (fromMarch / 10);
        long daysToMarch = 365 * years + years / 4 - years / 100 + years / 400;
        long daysTo1970 = 719_468;
        return daysToMarch + (153 * fromMarch + 2) / 5 + day - 1 - daysTo1970;
    }

    /** The rules that concern more than one field. */
    private boolean isComplete() {
        if ((present & required) != required) {
            return false;
        }
        return switch (topic) {
            case GPU_METRICS -> has(GpuMetric.GPU_INDEX) || has(GpuMetric.GPU_UUID);
            case TOKEN_USAGE ->
                    (has(TokenUsage.PROMPT_TOKENS) || has(TokenUsage.COMPLETION_TOKENS))
                            && isPart(TokenUsage.CACHED_PROMPT_TOKENS, TokenUsage.PROMPT_TOKENS)
                            && isPart(TokenUsage.CACHE_WRITE_TOKENS, TokenUsage.PROMPT_TOKENS)
                            && isPart(TokenUsage.REASONING_TOKENS, TokenUsage.COMPLETION_TOKENS);
        };
    }

    private boolean isPart(Field<Long> part, Field<Long> whole) {
        return !has(part) || !has(whole) || bits(part) <= bits(whole);
    }

    private void skipSpace() {
        while (at < text.length && isSpace(text[at])) {
            at++;
        }
    }

    private int skipDigits() {
        int from = at;
        while (at < text.length && isDigit(text[at])) {
            at++;
        }
        return at - from;
    }

    private boolean take(char expected) {
        if (at < text.length && text[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private boolean takeWord(byte[] word) {
        int to = at + word.length;
        if (to > text.length || !Arrays.equals(text, at, to, word, 0, word.length)) {
            return false;
        }
        at = to;
        return isValueEnd();
    }

    private boolean isValueEnd() {
        return at < text.length && (isSpace(text[at]) || text[at] == ',' || text[at] == '}');
    }

    private static boolean isSpace(byte next) {
        return next == ' ' || next == '\n' || next == '\r' || next == '\t';
    }

    private static boolean isDigit(byte next) {
        return next >= '0' && next <= '9';
    }

    /** Printable ASCII that stands for itself in a JSON text. */
    private static boolean isPlain(byte next) {
        return next >= ' ' && next < 0x7f && next != '"' && next != '\\';
    }
}
