package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Field.Kind;
import gpuanalytics.event.FieldTable.Named;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value of one field under one of its names, in the field's unit and range; null where it
 * stands for "no reading": {@code null}, NaN, empty text, DCGM's blanks and nvidia-smi's.
 */
final class JsonValue {

    /**
     * A DCGM int64 from 0x7ffffffffffffff0 on means "no reading" (dcgm_structs.h,
     * DCGM_INT64_BLANK). As a double, which is how exporters print it, each of them is 2^63.
     */
    private static final double INT64_BLANK = 0x1p63;

    /**
     * DCGM_FP64_BLANK; it and the three above it mean "no reading". No field reaches them in its
     * own unit.
     */
    private static final double FP64_BLANK = 0x1p47;

    private static final double FP64_LAST_BLANK = FP64_BLANK + 3;

    /** Longer numbers are no blanks. */
    private static final int MAX_BLANK_CHARS = 64;

    /** DCGM_STR_BLANK and its kind. */
    private static final Set<String> TEXT_BLANKS =
            Set.of("<<<NULL>>>", "<<<NOT_FOUND>>>", "<<<NOT_SUPPORTED>>>", "<<<NOT_PERM>>>");

    /** What nvidia-smi writes where it has nothing to write. A host may be called so. */
    private static final Set<String> NOT_AVAILABLE =
            Set.of(
                    "[N/A]",
                    "N/A",
                    "[Not Supported]",
                    "[Not Available]",
                    "[GPU requires reset]",
                    "[Unknown Error]",
                    "ERR!");

    /** Only where a number is expected; it may be somebody's name. */
    private static final Set<String> NO_NUMBER = Set.of("NaN", "nan", "null", "None", "-");

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,32}");

    private static final Pattern NUMBER =
            Pattern.compile("[0-9]{1,40}(?:\\.[0-9]{1,20})?(?:[eE]\\+?[0-9]{1,3})?");

    /** A ratio that barely exceeds 1 is a rounding error of its source: it is 1. */
    static final double MOST_OF_A_RATIO = 1.05;

    private static final BigDecimal MOST_RATIO = BigDecimal.valueOf(MOST_OF_A_RATIO);
    private static final BigDecimal ONE_HUNDREDTH = BigDecimal.valueOf(0.01);

    private JsonValue() {}

    /**
     * The value.
     *
     * @throws RejectedException naming the field as it was sent, its value and what was expected
     */
    static @Nullable Object read(Named named, Json json) throws RejectedException {
        if (isAbsent(named, json)) {
            return null;
        }
        return switch (named.field().kind()) {
            case TEXT -> readText(named, json);
            case TIME -> readTime(named, json);
            case INTEGER -> readInteger(named, json);
            case NUMBER -> readNumber(named, json);
            case FLAG -> readFlag(named, json);
        };
    }

    /** A value as it was said, for a message. */
    static String shown(Json json) {
        return switch (json) {
            case Json.Members _ -> "an object";
            case Json.Items _ -> "an array";
            case Json.Text(var text) -> '"' + Excerpt.of(text) + '"';
            case Json.Numeric(var written) -> Excerpt.of(written);
            case Json.Flag(var value) -> Boolean.toString(value);
            case Json.Nothing() -> "null";
        };
    }

    private static boolean isAbsent(Named named, Json json) {
        return switch (json) {
            case Json.Nothing() -> true;
            case Json.Text(var text) -> isAbsent(named.field(), text);
            case Json.Numeric(var written) -> written.equals("NaN") || isBlank(written);
            case Json.Members _, Json.Items _, Json.Flag _ -> false;
        };
    }

    /** Whether a text stands for "no reading". */
    static boolean isAbsent(Field<?> field, String text) {
        if (text.isEmpty() || TEXT_BLANKS.contains(text)) {
            return true;
        }
        boolean number = field.kind() == Kind.INTEGER || field.kind() == Kind.NUMBER;
        return (!field.required() && NOT_AVAILABLE.contains(text))
                || (number
                        && (NO_NUMBER.contains(text) || isInBrackets(text) || isBlankText(text)));
    }

    /** As nvidia-smi writes whatever keeps it from a number, such as a right that it lacks. */
    private static boolean isInBrackets(String text) {
        return text.startsWith("[") && text.endsWith("]");
    }

    private static boolean isBlankText(String text) {
        return NUMBER.matcher(text).matches() && isBlank(text);
    }

    private static boolean isBlank(String number) {
        if (number.length() > MAX_BLANK_CHARS || number.endsWith("INF")) {
            return false;
        }
        double value = Double.parseDouble(number);
        return value == INT64_BLANK || (value >= FP64_BLANK && value <= FP64_LAST_BLANK);
    }

    private static String readText(Named named, Json json) throws RejectedException {
        return switch (json) {
            case Json.Text(var text) -> {
                reject(Validation.checkText(named.field(), named.name(), text));
                yield text;
            }
            case Json.Numeric(var written) when RequestStatus.takesCodes(named.field()) ->
                    readCode(named, json, written);
            // An id.
            case Json.Numeric(var written)
                    when !named.field().required() && DIGITS.matcher(written).matches() ->
                    written;
            // What ended each choice of an answer: most have one.
            case Json.Items(var all)
                    when !named.field().required()
                            && all.size() == 1
                            && all.getFirst() instanceof Json.Text ->
                    readText(named, all.getFirst());
            case Json.Numeric _, Json.Items _, Json.Members _, Json.Flag _, Json.Nothing() ->
                    throw wrongType(named, json, "text");
        };
    }

    /** The digits of a whole number that stands where a text may. */
    private static String readCode(Named named, Json json, String written)
            throws RejectedException {
        try {
            var number = Quantity.number(written);
            if (isWhole(number)
                    && number.signum() >= 0
                    && number.compareTo(BigDecimal.valueOf(RequestStatus.MAX_CODE)) <= 0) {
                return number.toBigInteger().toString();
            }
        } catch (NumberFormatException ignored) {
            // infinite, or far too large: refused below
        }
        throw wrongType(named, json, "text or a whole number from 0 to " + RequestStatus.MAX_CODE);
    }

    private static Instant readTime(Named named, Json json) throws RejectedException {
        var time =
                switch (json) {
                    case Json.Text(var text) -> timeOf(named, text);
                    case Json.Numeric(var written) -> epoch(written);
                    case Json.Members(var members) when members.size() == 1 ->
                            extendedTime(named, members);
                    case Json.Members _, Json.Items _, Json.Flag _, Json.Nothing() -> null;
                };
        if (time == null) {
            throw wrongType(named, json, EventTime.EXPECTED);
        }
        reject(Validation.checkTime(named.field(), named.name(), time));
        return time;
    }

    private static @Nullable Instant timeOf(Named named, String text) throws RejectedException {
        var time = EventTime.parse(text);
        if (time == null && EventTime.lacksZone(text)) {
            throw new RejectedException(
                    RejectReason.WRONG_TYPE,
                    "%s is \"%s\" without a zone, expected %s"
                            .formatted(named.name(), Excerpt.of(text), EventTime.EXPECTED));
        }
        return time == null ? epoch(text) : time;
    }

    /** The time that a number says, or null where it says none. */
    static @Nullable Instant epoch(String text) {
        try {
            var quantity = Quantity.ofText(text, "");
            return quantity == null ? null : EventTime.ofEpoch(quantity.number());
        } catch (NumberFormatException ignored) {
            return null;
        }
    }

    /** MongoDB's Extended JSON: {@code {"$date": …}}, of which a number is in milliseconds. */
    private static @Nullable Instant extendedTime(Named named, Map<String, Json> members)
            throws RejectedException {
        var date = members.get("$date");
        return switch (date) {
            case null -> null;
            case Json.Text(var text) -> timeOf(named, text);
            case Json.Numeric(var millis) -> epochMilli(millis);
            case Json.Members(var inner)
                    when inner.get("$numberLong") instanceof Json.Text(var millis) ->
                    epochMilli(millis);
            case Json.Members _, Json.Items _, Json.Flag _, Json.Nothing() -> null;
        };
    }

    private static @Nullable Instant epochMilli(String millis) {
        return DIGITS.matcher(millis).matches() && millis.length() < 16
                ? Instant.ofEpochMilli(Long.parseLong(millis))
                : null;
    }

    private static Long readInteger(Named named, Json json) throws RejectedException {
        var quantity = readQuantity(named, json);
        var number = inOurUnit(named, quantity);
        BigDecimal whole;
        if (number.compareTo(quantity.number()) != 0) {
            // A count of MiB with a fraction is a count of bytes that was rounded to be printed.
            whole = number.setScale(0, RoundingMode.HALF_EVEN);
        } else if (isWhole(number)) {
            whole = number;
        } else {
            throw wrongType(named, json, "a whole number");
        }
        requireWithin(named, json, whole.doubleValue());
        return whole.longValueExact();
    }

    private static Double readNumber(Named named, Json json) throws RejectedException {
        var number = inOurUnit(named, readQuantity(named, json));
        if (named.field().isRatio()
                && number.compareTo(BigDecimal.ONE) > 0
                && number.compareTo(MOST_RATIO) <= 0) {
            return 1.0;
        }
        double value = number.doubleValue();
        requireWithin(named, json, value);
        // a number that rounds to zero from below is no negative zero
        return value + 0.0;
    }

    private static BigDecimal inOurUnit(Named named, Quantity quantity) {
        var number = quantity.number();
        if (quantity.scale() != null) {
            return number.multiply(quantity.scale());
        }
        var alias = named.alias();
        if (alias == null) {
            return number;
        }
        return switch (alias.reading()) {
            case SCALED -> alias.scale() == 1 ? number : number.multiply(alias.exactScale());
            case RATIO_OR_PERCENT ->
                    number.compareTo(MOST_RATIO) > 0 ? number.multiply(ONE_HUNDREDTH) : number;
            case LABEL -> number;
        };
    }

    private static void requireWithin(Named named, Json json, double value)
            throws RejectedException {
        if (!Validation.isWithin(named.field(), value)) {
            throw outOfRange(named, json);
        }
    }

    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** The number as it was sent. */
    private static Quantity readQuantity(Named named, Json json) throws RejectedException {
        try {
            return switch (json) {
                case Json.Numeric(var written) -> new Quantity(Quantity.number(written), null);
                case Json.Text(var text) -> {
                    var quantity = Quantity.ofText(text, named.field().unit());
                    if (quantity == null) {
                        throw wrongType(named, json, "a number");
                    }
                    yield quantity;
                }
                case Json.Members _, Json.Items _, Json.Flag _, Json.Nothing() ->
                        throw wrongType(named, json, "a number");
            };
        } catch (NumberFormatException ignored) {
            // infinite, or an exponent that no int holds
            throw outOfRange(named, json);
        }
    }

    private static Boolean readFlag(Named named, Json json) throws RejectedException {
        if (json instanceof Json.Flag(var value)) {
            return value;
        }
        throw wrongType(named, json, "true or false");
    }

    private static void reject(@Nullable Rejected rejected) throws RejectedException {
        if (rejected != null) {
            throw new RejectedException(rejected);
        }
    }

    private static RejectedException outOfRange(Named named, Json json) {
        var said = json instanceof Json.Numeric(var written) ? written : shown(json);
        return new RejectedException(
                Validation.outOfRange(named.name(), named.field(), named.alias(), said));
    }

    private static RejectedException wrongType(Named named, Json json, String expected) {
        return new RejectedException(
                RejectReason.WRONG_TYPE,
                "%s is %s, expected %s".formatted(named.name(), shown(json), expected));
    }
}
