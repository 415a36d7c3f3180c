package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values of answers are written. */
final class JsonValues {

    private JsonValues() {}

    /** Writes a value; null becomes null. */
    static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(plain(number));
            case BigDecimal exact -> json.writeNumber(exact.toPlainString());
            case Boolean flag -> json.writeBoolean(flag);
            case Instant time -> json.writeString(time.toString());
            case OffsetDateTime local -> json.writeString(text(local));
            case List<?> values -> {
                json.writeStartArray();
                for (var each : values) {
                    write(json, each);
                }
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    /** A local time with its offset, seconds included: {@code 2026-03-29T00:00:00+01:00}. */
    static String text(OffsetDateTime local) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local);
    }

    /** The shortest decimal that reads back as the same number, without an exponent. */
    static BigDecimal plain(double number) {
        var exact = BigDecimal.valueOf(number).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }
}
