package gpuanalytics.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import gpuanalytics.event.Decoded.Rejected;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value in memory. Numbers stay as they were written. */
sealed interface Json {

    /** An object, its members in their order. */
    record Members(Map<String, Json> byName) implements Json {}

    /** An array. */
    record Items(List<Json> all) implements Json {}

    record Text(String text) implements Json {}

    /** A number as it was written, or {@code NaN} or an infinity. */
    record Numeric(String written) implements Json {}

    record Flag(boolean value) implements Json {}

    /** {@code null}. */
    record Nothing() implements Json {}

    JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // A producer in Python writes NaN for a reading it does not have.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    // Names come from strangers: kept names would be a leak, and colliding ones an
                    // exception.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(EventCodec.MAX_NESTING)
                                    // The record's size limits these; JsonValue limits numbers.
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    /**
     * Writes. Its buffers are not a thread's own, as they are by default: a thread of a request
     * ends with it.
     */
    JsonFactory WRITING =
            JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                    .build();

    /** The one object that a text is. */
    static Members object(char[] text) throws IOException {
        try (var json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren(); // a list that is none says so by itself
                throw new RejectedException(notJson("expected an object"));
            }
            var object = members(json);
            if (json.nextToken() != null) {
                throw new RejectedException(notJson("it goes on after its object"));
            }
            return object;
        }
    }

    static Rejected notJson(String defect) {
        return new Rejected(RejectReason.NOT_JSON, "record is not a JSON object: " + defect);
    }

    private static Members members(JsonParser json) throws IOException {
        var members = new LinkedHashMap<String, Json>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            json.nextToken();
            members.put(name, value(json));
        }
        return new Members(members);
    }

    private static Json value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> members(json);
            case START_ARRAY -> {
                var items = new ArrayList<Json>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(json));
                }
                yield new Items(items);
            }
            case VALUE_STRING -> new Text(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Numeric(json.getText());
            case VALUE_TRUE -> new Flag(true);
            case VALUE_FALSE -> new Flag(false);
            default -> new Nothing();
        };
    }
}
