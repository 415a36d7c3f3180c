package gpuanalytics.processor.kept;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Lists as text: YAML in files, JSON in bodies. Numbers are read as they are written. */
public final class Trees {

    private static final ObjectMapper YAML =
            YAMLMapper.builder(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Trees() {}

    /**
     * What a YAML file says.
     *
     * @throws RefusedListException for what is no YAML, with line and column
     */
    public static JsonNode yaml(byte[] text) throws RefusedListException {
        return tree(YAML, text);
    }

    /**
     * What a JSON body says.
     *
     * @throws RefusedListException for what is no JSON, with line and column
     */
    public static JsonNode json(byte[] text) throws RefusedListException {
        return tree(JSON, text);
    }

    private static JsonNode tree(ObjectMapper mapper, byte[] text) throws RefusedListException {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RefusedListException(List.of(where(e) + firstLine(e)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // bytes at hand are always read
        }
    }

    private static String where(JacksonException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
    }

    private static String firstLine(JacksonException e) {
        return Faults.shown(e.getOriginalMessage().lines().findFirst().orElse("cannot be read"));
    }
}
