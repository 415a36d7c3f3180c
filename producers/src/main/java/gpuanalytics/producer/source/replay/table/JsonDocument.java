package gpuanalytics.producer.source.replay.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a document: one after another, in an array, or in the array {@code data} of pages.
 * It is read as a stream; at a defect it ends, for nothing tells where the next object begins.
 */
final class JsonDocument implements JsonRows, AutoCloseable {

    private final JsonParser json;
    private final Deque<Map<String, String>> ahead = new ArrayDeque<>();
    private long line = 1;
    private boolean ended;

    JsonDocument(Reader reader) throws IOException {
        this.json = JsonObjects.parser(reader);
    }

    @Override
    public @Nullable JsonRow next() {
        try {
            while (ahead.isEmpty() && !ended) {
                readOn();
            }
        } catch (JsonProcessingException e) {
            return defective(e.getOriginalMessage());
        } catch (UnusableContentException e) {
            return defective(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ahead.isEmpty() ? null : JsonRow.of(line, ahead.remove());
    }

    private JsonRow defective(String problem) {
        ended = true;
        ahead.clear();
        return JsonRow.defective(
                json.currentLocation().getLineNr(),
                DropReason.NOT_JSON,
                "the document has a defect, and nothing behind it is read: "
                        + Cells.shown(problem));
    }

    private void readOn() throws IOException {
        var token = json.nextToken();
        switch (token) {
            case null -> ended = true;
            case START_OBJECT -> readObject();
            case FIELD_NAME -> {
                // the rest of a page
                json.nextToken();
                json.skipChildren();
            }
            default -> {
                // the start or end of an array of rows, or what is no row
            }
        }
    }

    private void readObject() throws IOException {
        var rows = new ArrayList<Map<String, String>>();
        boolean isRead;
        do {
            line = json.currentTokenLocation().getLineNr();
            isRead = JsonObjects.read(json, rows);
        } while (!isRead);
        ahead.addAll(rows);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
