package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.service.http.Body;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes JSON. */
final class Json {

    static final String MEDIA_TYPE = gpuanalytics.service.http.Json.MEDIA_TYPE;

    private Json() {}

    /** A document, written while the client reads it. */
    static Body write(gpuanalytics.service.http.Json.Part part) {
        return gpuanalytics.service.http.Json.streamed(part);
    }

    /** Writes a value; null becomes null. */
    static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(plain(number));
            case Boolean flag -> json.writeBoolean(flag);
            case Instant time -> json.writeString(time.toString());
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    /** The shortest decimal that reads back as the same number, without an exponent. */
    static BigDecimal plain(double number) {
        var exact = BigDecimal.valueOf(number).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }
}
