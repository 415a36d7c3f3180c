package gpuanalytics.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Field.Reading;
import gpuanalytics.event.FieldTable.Named;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value of one field under one of its names, in the field's unit and range; null where it
 * stands for "no reading": {@code null}, NaN, empty text and DCGM's blanks.
 */
final class JsonValue {

    /** Longer numbers are rejected: no reading has so many digits. */
    private static final int MAX_NUMBER_CHARS = 64;

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

    /** DCGM_STR_BLANK and its kind. */
    private static final Set<String> TEXT_BLANKS =
            Set.of("<<<NULL>>>", "<<<NOT_FOUND>>>", "<<<NOT_SUPPORTED>>>", "<<<NOT_PERM>>>");

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,4}");

    /** Decimal exponents beyond this are beyond any double. */
    private static final int MAX_EXPONENT = 400;

    private static final BigDecimal ONE_HUNDREDTH = BigDecimal.valueOf(0.01);

    private JsonValue() {}

    /**
     * The value at the parser's token.
     *
     * @throws RejectedException naming the field as it was sent, its value and what was expected
     */
    static @Nullable Object read(Named named, JsonParser json) throws IOException {
        if (isAbsent(json)) {
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

    private static boolean isAbsent(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NULL -> true;
            case VALUE_STRING -> json.getTextLength() == 0 || TEXT_BLANKS.contains(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    json.isNaN() ? json.getText().equals("NaN") : isBlank(json.getText());
            default -> false;
        };
    }

    private static boolean isBlank(String number) {
        if (number.length() > MAX_NUMBER_CHARS) {
            return false;
        }
        double value = Double.parseDouble(number);
        return value == INT64_BLANK || (value >= FP64_BLANK && value <= FP64_LAST_BLANK);
    }

    private static String readText(Named named, JsonParser json) throws IOException {
        if (json.currentToken().isNumeric() && RequestStatus.takesCodes(named.field())) {
            return readCode(named, json);
        }
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(named, json, "text");
        }
        var text = json.getText();
        reject(Validation.checkText(named.field(), named.name(), text));
        return text;
    }

    /** The digits of a whole number that stands where a text may. */
    private static String readCode(Named named, JsonParser json) throws IOException {
        var text = json.getText();
        // a double first: it tames whatever exponent, and a number in range is exact in it
        if (!json.isNaN()
                && text.length() <= MAX_NUMBER_CHARS
                && Double.parseDouble(text) >= 0
                && Double.parseDouble(text) <= RequestStatus.MAX_CODE) {
            var number = parse(named, json);
            if (isWhole(number)) {
                return number.toBigInteger().toString();
            }
        }
        throw wrongType(named, json, "text or a whole number from 0 to " + RequestStatus.MAX_CODE);
    }

    private static Instant readTime(Named named, JsonParser json) throws IOException {
        var time =
                json.currentToken() == JsonToken.VALUE_STRING
                        ? EventTime.parse(json.getText())
                        : null;
        if (time == null) {
            throw wrongType(named, json, EventTime.EXPECTED);
        }
        reject(Validation.checkTime(named.field(), named.name(), time));
        return time;
    }

    private static Long readInteger(Named named, JsonParser json) throws IOException {
        var number = readDecimal(named, json);
        var alias = named.alias();
        BigDecimal whole;
        if (alias != null && alias.scale() != 1) {
            // A count of MiB with a fraction is a count of bytes that was rounded to be printed.
            whole = number.multiply(alias.exactScale()).setScale(0, RoundingMode.HALF_EVEN);
        } else if (isWhole(number)) {
            whole = number;
        } else {
            throw wrongType(named, json, "a whole number");
        }
        requireWithin(named, json, whole.doubleValue());
        return whole.longValueExact();
    }

    private static Double readNumber(Named named, JsonParser json) throws IOException {
        var number = readDecimal(named, json);
        double value = inOurUnit(named, number).doubleValue();
        requireWithin(named, json, value);
        // a number that rounds to zero from below is no negative zero
        return value + 0.0;
    }

    private static BigDecimal inOurUnit(Named named, BigDecimal number) {
        var alias = named.alias();
        if (alias == null) {
            return number;
        }
        return switch (alias.reading()) {
            case SCALED -> number.multiply(alias.exactScale());
            case RATIO_OR_PERCENT ->
                    number.compareTo(BigDecimal.ONE) > 0 ? number.multiply(ONE_HUNDREDTH) : number;
            case LABEL -> number;
        };
    }

    private static void requireWithin(Named named, JsonParser json, double value)
            throws IOException {
        if (!Validation.isWithin(named.field(), value)) {
            throw new RejectedException(
                    Validation.outOfRange(named.field(), named.alias(), json.getText()));
        }
    }

    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** The number as it was sent. */
    private static BigDecimal readDecimal(Named named, JsonParser json) throws IOException {
        if (isLabel(named, json) || json.currentToken().isNumeric()) {
            return parse(named, json);
        }
        throw wrongType(named, json, "a number");
    }

    private static boolean isLabel(Named named, JsonParser json) throws IOException {
        var alias = named.alias();
        return alias != null
                && alias.reading() == Reading.LABEL
                && json.currentToken() == JsonToken.VALUE_STRING
                && DIGITS.matcher(json.getText()).matches();
    }

    /** The number, its size tamed so that arithmetic with it is cheap. */
    private static BigDecimal parse(Named named, JsonParser json) throws IOException {
        var text = json.getText();
        if (text.length() <= MAX_NUMBER_CHARS) {
            try {
                var number = new BigDecimal(text);
                long exponent = (long) number.precision() - number.scale();
                if (number.signum() == 0) {
                    return BigDecimal.ZERO;
                }
                if (exponent < -MAX_EXPONENT) {
                    return BigDecimal.valueOf(number.signum(), MAX_EXPONENT);
                }
                if (exponent <= MAX_EXPONENT) {
                    return number;
                }
            } catch (NumberFormatException ignored) {
                // infinite, or an exponent that no int holds: rejected below
            }
        }
        throw new RejectedException(Validation.outOfRange(named.field(), named.alias(), text));
    }

    private static Boolean readFlag(Named named, JsonParser json) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw wrongType(named, json, "true or false");
        }
        return json.getBooleanValue();
    }

    private static void reject(@Nullable Rejected rejected) throws RejectedException {
        if (rejected != null) {
            throw new RejectedException(rejected);
        }
    }

    private static RejectedException wrongType(Named named, JsonParser json, String expected)
            throws IOException {
        return new RejectedException(
                RejectReason.WRONG_TYPE,
                "%s is %s, expected %s".formatted(named.name(), shown(json), expected));
    }

    private static String shown(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> '"' + Excerpt.of(json.getText()) + '"';
            default -> Excerpt.of(json.getText());
        };
    }
}
