package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several events in one record: an array of objects, or objects one to a line (NDJSON). */
public final class RecordItems {

    private RecordItems() {}

    /**
     * The items of a record, each as the bytes of its own; empty where the record is no list.
     *
     * @param most no more are looked for: a list of {@code most + 1} is one that is too long
     */
    public static List<byte[]> of(byte[] record, int most) {
        try {
            var text = new String(Framing.textOf(record)).strip();
            if (text.startsWith("[")) {
                return ofArray(text, most);
            }
            return text.startsWith("{") ? ofLines(text, most) : List.of();
        } catch (IOException ignored) {
            // the record is judged as a whole, and says what is wrong with it
            return List.of();
        }
    }

    private static List<byte[]> ofArray(String text, int most) throws IOException {
        var items = new ArrayList<byte[]>();
        try (var json = Json.FACTORY.createParser(text)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY && items.size() <= most) {
                int from = (int) json.currentTokenLocation().getCharOffset();
                items.add(text.substring(from, endOf(json)).getBytes(UTF_8));
            }
            if (items.size() <= most && json.nextToken() != null) {
                return List.of();
            }
        }
        return items;
    }

    private static int endOf(JsonParser json) throws IOException {
        json.skipChildren();
        json.finishToken();
        return (int) json.currentLocation().getCharOffset();
    }

    private static List<byte[]> ofLines(String text, int most) {
        var items = new ArrayList<byte[]>();
        for (var line : (Iterable<String>) text.lines().map(String::strip)::iterator) {
            if (line.isEmpty()) {
                continue;
            }
            if (line.charAt(0) != '{') {
                return List.of(); // one object over several lines
            }
            items.add(line.getBytes(UTF_8));
            if (items.size() > most) {
                break;
            }
        }
        return items.size() > 1 ? items : List.of();
    }
}
