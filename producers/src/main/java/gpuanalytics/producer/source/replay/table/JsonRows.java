package gpuanalytics.producer.source.replay.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the objects of a JSON file come from. */
sealed interface JsonRows permits JsonLines, JsonDocument {

    /**
     * An object, or what stands in its place.
     *
     * @param line where it begins, from 1
     * @param values its values by name; null where it is no object
     * @param reason why it is none
     * @param detail the same in words
     */
    record JsonRow(
            long line, @Nullable Map<String, String> values, DropReason reason, String detail) {

        static JsonRow of(long line, Map<String, String> values) {
            return new JsonRow(line, values, DropReason.NOT_JSON, "");
        }

        static JsonRow defective(long line, DropReason reason, String detail) {
            return new JsonRow(line, null, reason, detail);
        }
    }

    /** The next one, or null at the end. */
    @Nullable JsonRow next();
}
