package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenNotes;
import gpuanalytics.service.http.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says what the reader of rows of tokens must know: of each row, and of the whole. */
final class NoteParts {

    /** CSV has no place for what is true of the whole, so it stands in a header as well. */
    static final String HEADER = "Answer-Notes";

    /** Where nobody sends samples, all GPUs are unknown. */
    private static final int MAX_NAMED_GPUS = 100;

    private NoteParts() {}

    /**
     * The columns that say of a row which of its labels are folded, and whether its GPU has ever
     * reported.
     *
     * @param group the values that a row is grouped under; null where the row is no group
     */
    static <R> List<Column<R>> columns(
            List<TokenDimension> groupBy,
            TokenNotes notes,
            Function<R, @Nullable List<@Nullable String>> group) {
        return List.of(
                new Column<>("folded", row -> folded(groupBy, group.apply(row))),
                new Column<>("gpu_known", row -> isGpuKnown(groupBy, notes, group.apply(row))));
    }

    private static @Nullable List<String> folded(
            List<TokenDimension> groupBy, @Nullable List<@Nullable String> group) {
        if (group == null) {
            return null;
        }
        var folded = new ArrayList<String>();
        for (int i = 0; i < groupBy.size(); i++) {
            if (GroupValue.isFolded(group.get(i))) {
                folded.add(groupBy.get(i).label());
            }
        }
        return folded;
    }

    /** Null where no GPU is named, or none that is one. */
    private static @Nullable Boolean isGpuKnown(
            List<TokenDimension> groupBy,
            TokenNotes notes,
            @Nullable List<@Nullable String> group) {
        int place = groupBy.indexOf(TokenDimension.GPU);
        var gpu = group == null || place < 0 ? null : group.get(place);
        if (gpu == null || GroupValue.isFolded(gpu)) {
            return null;
        }
        return notes.isKnown(GroupValue.text(gpu));
    }

    static void write(JsonGenerator json, TokenNotes notes) throws IOException {
        json.writeFieldName("folded");
        JsonValues.write(json, labels(notes));
        json.writeNumberField("unknown_gpus_count", notes.unknownGpus().size());
        json.writeFieldName("unknown_gpus");
        JsonValues.write(
                json, notes.unknownGpus().stream().sorted().limit(MAX_NAMED_GPUS).toList());
    }

    static Answer inHeader(Answer answer, TokenNotes notes) {
        var headers = new HashMap<>(answer.headers());
        headers.put(
                HEADER,
                "folded=%s; unknown_gpus=%d"
                        .formatted(String.join(" ", labels(notes)), notes.unknownGpus().size()));
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    private static List<String> labels(TokenNotes notes) {
        return notes.folded().stream().map(TokenDimension::label).toList();
    }
}
