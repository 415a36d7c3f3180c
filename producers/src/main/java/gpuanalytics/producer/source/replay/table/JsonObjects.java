package gpuanalytics.producer.source.replay.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one object into rows of its plain values. An object with an array {@code results}, as the
 * buckets of a usage report are, gives a row for each of them, with its own values beside theirs.
 */
final class JsonObjects {

    /** The array of a page in which the rows are. */
    private static final String PAGE_ROWS = "data";

    private static final String BUCKET_ROWS = "results";

    private static final int MAX_NESTING = 64;
    private static final int MAX_NAMES = 1000;
    private static final int MAX_ROWS_OF_A_BUCKET = 100_000;

    /** Longer than any value that an event keeps. */
    private static final int MAX_VALUE_CHARS = 4096;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    .maxStringLength(Lines.MAX_CHARS)
                                    .build())
                    .build();

    private JsonObjects() {}

    static JsonParser parser(Reader reader) throws IOException {
        return FACTORY.createParser(reader);
    }

    /** Whether the text is an object that holds rows in its array {@code data}. */
    static boolean isPage(String text) throws IOException {
        try (var json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var isRows = json.currentName().equals(PAGE_ROWS);
                if (json.nextToken() == JsonToken.START_ARRAY && isRows) {
                    return json.nextToken() == JsonToken.START_OBJECT;
                }
                json.skipChildren();
            }
            return false;
        }
    }

    /** The rows of the one object that a text is. */
    static List<Map<String, String>> rows(String text) throws IOException {
        try (var json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UnusableContentException("it is no object");
            }
            var rows = new ArrayList<Map<String, String>>();
            if (!read(json, rows)) {
                throw new UnusableContentException("it is a page of objects");
            }
            if (json.nextToken() != null) {
                throw new UnusableContentException("it is more than one object");
            }
            return rows;
        }
    }

    /**
     * Reads the object at whose start the parser stands.
     *
     * @param rows gets its rows; none where it is an empty page
     * @return whether it is read to its end; false where it is a page and the parser stands at the
     *     start of the page's first object
     */
    static boolean read(JsonParser json, List<Map<String, String>> rows) throws IOException {
        var values = new LinkedHashMap<String, String>();
        var results = new ArrayList<Map<String, String>>();
        boolean holdsRows = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            boolean isArray = json.nextToken() == JsonToken.START_ARRAY;
            if (isArray && name.equals(PAGE_ROWS)) {
                var first = json.nextToken();
                if (first == JsonToken.START_OBJECT) {
                    return false;
                }
                holdsRows |= first == JsonToken.END_ARRAY;
                skipRest(json);
            } else if (isArray && name.equals(BUCKET_ROWS)) {
                holdsRows = true;
                readBucket(json, results);
            } else {
                put(json, name, values);
            }
        }
        if (holdsRows) {
            results.forEach(row -> values.forEach(row::putIfAbsent));
            rows.addAll(results);
        } else {
            rows.add(values);
        }
        return true;
    }

    /** Passes over what is left of an array. */
    private static void skipRest(JsonParser json) throws IOException {
        while (json.currentToken() != null && json.currentToken() != JsonToken.END_ARRAY) {
            json.skipChildren();
            json.nextToken();
        }
    }

    private static void readBucket(JsonParser json, List<Map<String, String>> rows)
            throws IOException {
        for (var token = json.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                json.skipChildren();
            } else if (rows.size() >= MAX_ROWS_OF_A_BUCKET || !read(json, rows)) {
                throw new UnusableContentException(
                        "a bucket holds pages or more than %,d results"
                                .formatted(MAX_ROWS_OF_A_BUCKET));
            }
        }
    }

    /** Keeps a plain value; what is nested is passed over, and so is null, which is absent. */
    private static void put(JsonParser json, String name, Map<String, String> values)
            throws IOException {
        if (!json.currentToken().isScalarValue()) {
            json.skipChildren();
            return;
        }
        if (json.currentToken() != JsonToken.VALUE_NULL && values.size() < MAX_NAMES) {
            var text = json.getText().strip();
            values.put(
                    name,
                    text.length() > MAX_VALUE_CHARS ? text.substring(0, MAX_VALUE_CHARS) : text);
        }
    }
}
