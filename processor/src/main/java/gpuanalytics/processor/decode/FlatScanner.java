package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.RequestStatus;
import gpuanalytics.event.TokenUsage;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the values of a plain record from its bytes in one pass, without an object per value.
 *
 * <p>Plain is: one flat JSON object of ASCII without escapes, under the contract's own names, every
 * value valid, and the time written {@code 2026-01-31T12:00:00.123Z}. Whatever else there is, also
 * what must be rejected, is not plain: the codec judges it. For one thread.
 */
final class FlatScanner extends FlatCursor {

    private static final int MAX_INTEGER_DIGITS = 15;

    /** What {@link RequestStatus#MAX_CODE} has. */
    private static final int MAX_CODE_DIGITS = 6;

    private final EventTopic topic;
    private final FieldNames names;
    private final FieldSequence sequence;
    private final Field<?>[] fields;
    private final long required;

    /** The field whose text may be a number; -1 for none. */
    private final int codeIndex;

    /** Per field: a number's bits, a flag, or where a text begins and how long it is. */
    private final long[] values;

    private final UnknownNames unknown = new UnknownNames();

    private final FlatVerdicts failedStatuses = new FlatVerdicts(RequestStatus::isFailedStatus);
    private final FlatVerdicts errorTypes = new FlatVerdicts(RequestStatus::isErrorType);

    private final FlatTime time = new FlatTime();
    private long seen;
    private long present;

    /** The field that was scanned last in this record. */
    private int before;

    private boolean hasTotal;

    FlatScanner(EventTopic topic) {
        this.topic = topic;
        this.names = new FieldNames(topic);
        this.sequence = new FieldSequence(topic);
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
        this.codeIndex =
                Arrays.stream(fields)
                        .filter(RequestStatus::takesCodes)
                        .mapToInt(Field::index)
                        .findFirst()
                        .orElse(-1);
    }

    /** Whether the record is plain; then the values are those of this record. */
    boolean scan(ByteBuffer record) {
        begin(record);
        seen = 0;
        present = 0;
        hasTotal = false;
        before = FieldSequence.START;
        unknown.clear();
        return scanObject() && (present & required) == required && FlatRules.hold(topic, this);
    }

    boolean has(Field<?> field) {
        return (present & (1L << field.index())) != 0;
    }

    /** Whether any of these fields, a bit for each, has a value. */
    boolean hasAny(long fieldBits) {
        return (present & fieldBits) != 0;
    }

    /** A bit, by its index, for each field that has a value. */
    long present() {
        return present;
    }

    boolean hasUnknown() {
        return !unknown.isEmpty();
    }

    /** Whether the tokens of the whole request are told. */
    boolean hasTotal() {
        return hasTotal;
    }

    String textOf(Field<?> field) {
        return new String(text, from(field), length(field), ISO_8859_1);
    }

    /** Seconds since 1970 of the event's time. */
    long tsSeconds() {
        return time.epochSecond();
    }

    int tsNanos() {
        return time.nanos();
    }

    /** The values that rollups need of the record, with its labels. */
    EventValues values(Labels labels) {
        return EventValues.of(labels, tsSeconds(), tsNanos(), present, values, counts());
    }

    /** What is decided that the record counts, before anybody looks at others. */
    DecidedCounts counts() {
        return topic == EventTopic.TOKEN_USAGE
                ? DecidedCounts.ofUsage(isFailure(), has(TokenUsage.ERROR_TYPE))
                : DecidedCounts.NONE;
    }

    /** Whether the record is a usage of a request that failed. */
    boolean isFailure() {
        return says(TokenUsage.ERROR_TYPE, errorTypes) || says(TokenUsage.STATUS, failedStatuses);
    }

    private boolean says(Field<String> field, FlatVerdicts verdicts) {
        return has(field) && verdicts.of(text, from(field), length(field));
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
        return at == end;
    }

    private boolean scanMember() {
        int expected = sequence.expected(before, text, at, end);
        if (expected == FieldSequence.NONE) {
            return scanOther();
        }
        at += sequence.length(expected);
        before = expected;
        return skipColon() && scanField(fields[expected]);
    }

    private boolean skipColon() {
        skipSpace();
        if (!take(':')) {
            return false;
        }
        skipSpace();
        return true;
    }

    /** A member that is not the expected one. */
    private boolean scanOther() {
        if (!take('"')) {
            return false;
        }
        int from = at;
        int to = FlatBytes.endOfPlain(text, from, end);
        at = to;
        if (!take('"') || !skipColon()) {
            return false;
        }
        int index = names.find(text, from, to);
        return switch (index) {
            case FieldNames.RARE -> false;
            case FieldNames.TOTAL -> {
                hasTotal = true;
                yield unknown.add(text, from, to) && skipScalar();
            }
            // A name with a unit in brackets behind it is nvidia-smi's.
            case FieldNames.UNKNOWN ->
                    (from == to || text[to - 1] != ']')
                            && unknown.add(text, from, to)
                            && skipScalar();
            default -> {
                sequence.follows(before, index);
                before = index;
                yield scanField(fields[index]);
            }
        };
    }

    private boolean scanField(Field<?> field) {
        long bit = 1L << field.index();
        if ((seen & bit) != 0) {
            return false;
        }
        seen |= bit;
        if (at < end && text[at] == 'n' && takeWord(FlatBytes.NULL)) {
            return true;
        }
        return switch (field.kind()) {
            case TEXT -> field.index() == codeIndex ? scanTextOrCode(field) : scanText(field);
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

    /** A text, or a whole number whose digits are the text. */
    private boolean scanTextOrCode(Field<?> field) {
        if (at < end && text[at] == '"') {
            return scanText(field);
        }
        int from = at;
        int digits = skipDigits();
        boolean leadingZero = digits > 1 && text[from] == '0';
        if (digits == 0 || digits > MAX_CODE_DIGITS || leadingZero || !isValueEnd()) {
            return false;
        }
        set(field, ((long) from << Integer.SIZE) | digits);
        return true;
    }

    private boolean scanText(Field<?> field) {
        int from = at + 1;
        int length = scanText();
        if (length < 0
                || length > Field.MAX_TEXT_CHARS
                || FlatBytes.isBlankLike(text, from, length)) {
            return false;
        }
        if (length > 0) {
            set(field, ((long) from << Integer.SIZE) | length);
        }
        return true;
    }

    private boolean scanFlag(Field<?> field) {
        if (takeWord(FlatBytes.TRUE)) {
            set(field, 1);
            return true;
        }
        if (takeWord(FlatBytes.FALSE)) {
            set(field, 0);
            return true;
        }
        return false;
    }

    private boolean scanInteger(Field<?> field) {
        var bytes = text;
        int from = at;
        int most = Math.min(end, from + MAX_INTEGER_DIGITS);
        int to = from;
        long value = 0;
        while (to < most && FlatBytes.isDigit(bytes[to])) {
            value = value * 10 + bytes[to] - '0';
            to++;
        }
        at = to; // one digit more, and no value ends here
        int digits = to - from;
        boolean leadingZero = digits > 1 && bytes[from] == '0';
        boolean within = value >= field.min() && value <= field.max();
        if (digits == 0 || leadingZero || !isValueEnd() || !within) {
            return false;
        }
        set(field, value);
        return true;
    }

    private boolean scanNumber(Field<?> field) {
        int from = at;
        double plain = scanDecimal();
        if (Double.isNaN(plain) && !scanNumber()) {
            return false;
        }
        // no negative zero
        double value = (Double.isNaN(plain) ? FlatNumber.read(text, from, at) : plain) + 0.0;
        if (!(value >= field.min() && value <= field.max())) {
            return false;
        }
        set(field, Double.doubleToRawLongBits(value));
        return true;
    }

    private boolean scanTime(Field<?> field) {
        int from = at + 1;
        int length = scanText();
        if (length < 0 || !time.read(text, from, length)) {
            return false;
        }
        set(field, 0);
        return true;
    }
}
