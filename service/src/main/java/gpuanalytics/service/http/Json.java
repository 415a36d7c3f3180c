package gpuanalytics.service.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Bodies of JSON. */
public final class Json {

    public static final String MEDIA_TYPE = "application/json";

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private Json() {}

    /** Writes a part of a document. */
    public interface Part {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** A short document, at hand. */
    public static Body.Bytes bytes(Part part) {
        // it grows by blocks, and what is written already is not copied each time
        try (var out = new ByteArrayBuilder()) {
            try (var json = FACTORY.createGenerator(out)) {
                part.writeTo(json);
            }
            return new Body.Bytes(out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A document that may be long, written while the client reads it. */
    public static Body.Streamed streamed(Part part) {
        return new Body.Streamed(
                out -> {
                    try (var json = FACTORY.createGenerator(out)) {
                        part.writeTo(json);
                    }
                });
    }
}
