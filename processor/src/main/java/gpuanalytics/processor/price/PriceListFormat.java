package gpuanalytics.processor.price;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists as text: YAML in files, JSON in bodies. Numbers are read as they are written. */
public final class PriceListFormat {

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

    /**
     * A list that somebody puts.
     *
     * @param by who, where the body says so
     */
    public record Put(PriceList list, Optional<String> by) {}

    private PriceListFormat() {}

    /**
     * The list of a file; its version is a digest of what it says.
     *
     * @param maxEntries how many prices and aliases it may have
     * @throws RefusedPricesException with every fault
     */
    public static PriceList yaml(byte[] text, int maxEntries) throws RefusedPricesException {
        var list = list(tree(YAML, text), List.of(), maxEntries);
        return new PriceList("file:" + BookVersion.of(list), list.gpus(), list.models());
    }

    /**
     * The list of a body, which has no version yet.
     *
     * @param maxEntries how many prices and aliases it may have
     * @throws RefusedPricesException with every fault
     */
    public static Put json(byte[] body, int maxEntries) throws RefusedPricesException {
        var tree = tree(JSON, body);
        var list = list(tree, List.of(PriceFields.BY), maxEntries);
        var by = tree.path(PriceFields.BY);
        return new Put(list, by.isNull() ? Optional.empty() : Optional.ofNullable(by.textValue()));
    }

    /** The list that a tree is. */
    static PriceList list(JsonNode tree, List<String> more, int maxEntries)
            throws RefusedPricesException {
        var faults = new Faults();
        var known = new ArrayList<>(List.of(PriceFields.GPUS, PriceFields.MODELS));
        known.addAll(more);
        var fields = Fields.of(tree, "", known, faults);
        if (more.contains(PriceFields.BY)) {
            fields.text(PriceFields.BY);
        }
        var list = new PriceListReader(faults).read(fields, "");
        if (list.size() > maxEntries) {
            faults.add(
                    "the list",
                    list.size() + " prices and aliases long",
                    "at most %d (PRICES_MAX_ENTRIES)".formatted(maxEntries));
        }
        faults.check();
        return list;
    }

    private static JsonNode tree(ObjectMapper mapper, byte[] text) throws RefusedPricesException {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RefusedPricesException(List.of(where(e) + firstLine(e)));
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
