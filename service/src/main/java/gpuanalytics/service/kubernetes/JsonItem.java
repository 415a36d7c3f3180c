package gpuanalytics.service.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON, asked for by paths. What is not there, or is of another kind, is empty.
 *
 * @param members texts, numbers as they are written, booleans, lists and further maps
 */
public record JsonItem(Map<String, Object> members) {

    private static final JsonItem EMPTY = new JsonItem(Map.of());
    private static final JsonFactory FACTORY = new JsonFactory();

    /** A number, kept as it is written. */
    private record NumberText(String number) {}

    /** Reads a document that is one object. */
    public static JsonItem parse(byte[] document) throws IOException {
        try (var json = FACTORY.createParser(document)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the document is no object");
            }
            var item = read(json);
            if (json.nextToken() != null) {
                throw new IOException("the document goes on after its object");
            }
            return item;
        }
    }

    /** Reads the object that the parser stands at the start of. */
    public static JsonItem read(JsonParser json) throws IOException {
        return new JsonItem(object(json));
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        var members = new LinkedHashMap<String, Object>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            json.nextToken();
            put(members, String.valueOf(name), json);
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the document ends within an object");
        }
        return members;
    }

    private static void put(Map<String, Object> members, String name, JsonParser json)
            throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            members.put(name, value(json));
        }
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new NumberText(json.getText());
            case VALUE_STRING -> json.getText();
            case null -> throw new IOException("the document ends within a value");
            default -> "";
        };
    }

    private static List<Object> array(JsonParser json) throws IOException {
        var values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == null) {
                throw new IOException("the document ends within a list");
            }
            values.add(value(json));
        }
        return values;
    }

    /** A text or a number as it is written; empty where there is none. */
    public String text(String... path) {
        return switch (find(path)) {
            case String text -> text;
            case NumberText written -> written.number();
            case Boolean truth -> truth.toString();
            case null, default -> "";
        };
    }

    /** An object; an empty one where there is none. */
    public JsonItem item(String... path) {
        return find(path) instanceof Map<?, ?> map ? new JsonItem(named(map)) : EMPTY;
    }

    /** The objects of a list. */
    public List<JsonItem> items(String... path) {
        var items = new ArrayList<JsonItem>();
        if (find(path) instanceof List<?> list) {
            for (var each : list) {
                if (each instanceof Map<?, ?> map) {
                    items.add(new JsonItem(named(map)));
                }
            }
        }
        return items;
    }

    /** The texts of a list. */
    public List<String> texts(String... path) {
        var texts = new ArrayList<String>();
        if (find(path) instanceof List<?> list) {
            for (var each : list) {
                if (each instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    /** Whether anything is there. */
    public boolean has(String... path) {
        return find(path) != null;
    }

    private @Nullable Object find(String... path) {
        Object at = members;
        for (var name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }

    /** JSON's names are texts. */
    private static Map<String, Object> named(Map<?, ?> map) {
        var named = new LinkedHashMap<String, Object>();
        map.forEach((name, value) -> named.put(String.valueOf(name), value));
        return named;
    }

    /** Writes it as it was read. */
    public void writeTo(JsonGenerator json) throws IOException {
        write(json, members);
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (var member : map.entrySet()) {
                    json.writeFieldName(String.valueOf(member.getKey()));
                    write(json, member.getValue());
                }
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                for (var each : list) {
                    write(json, each);
                }
                json.writeEndArray();
            }
            case NumberText written -> json.writeNumber(written.number());
            case Boolean truth -> json.writeBoolean(truth);
            default -> json.writeString(value.toString());
        }
    }
}
