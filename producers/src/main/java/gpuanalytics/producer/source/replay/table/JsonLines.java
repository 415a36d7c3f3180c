package gpuanalytics.producer.source.replay.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object in each line; a defect stays in its line. */
final class JsonLines implements JsonRows {

    private final Lines lines;
    private final Deque<Map<String, String>> ahead = new ArrayDeque<>();
    private long line;

    JsonLines(Lines lines) {
        this.lines = lines;
    }

    @Override
    public @Nullable JsonRow next() {
        while (ahead.isEmpty()) {
            var next = lines.next();
            if (next == null) {
                return null;
            }
            line = next.number();
            var defect = next.text().isBlank() ? null : read(next);
            if (defect != null) {
                return defect;
            }
        }
        return JsonRow.of(line, ahead.remove());
    }

    private @Nullable JsonRow read(Lines.Line next) {
        if (next.cut()) {
            return JsonRow.defective(
                    line,
                    DropReason.LINE_TOO_LONG,
                    "the line is longer than %,d characters: %s"
                            .formatted(Lines.MAX_CHARS, Cells.shown(next.text())));
        }
        try {
            ahead.addAll(JsonObjects.rows(next.text()));
            return null;
        } catch (JsonProcessingException e) {
            return defective(next, e.getOriginalMessage());
        } catch (IOException e) {
            return defective(next, String.valueOf(e.getMessage()));
        }
    }

    private JsonRow defective(Lines.Line next, String problem) {
        return JsonRow.defective(
                line,
                DropReason.NOT_JSON,
                "the line is %s, expected a JSON object (%s)"
                        .formatted(Cells.shown(next.text()), Cells.shown(problem)));
    }
}
