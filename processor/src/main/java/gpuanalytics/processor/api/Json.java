package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes JSON. */
final class Json {

    static final String MEDIA_TYPE = "application/json";

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private Json() {}

    /** Writes a part of a document. */
    interface Part {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static byte[] write(Part part) {
        var out = new ByteArrayOutputStream(1024);
        try (var json = FACTORY.createGenerator(out)) {
            part.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
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
