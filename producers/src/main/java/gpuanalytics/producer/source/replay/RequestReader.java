package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads the requests of a row of one format. */
interface RequestReader {

    /** What reports the events of traces. */
    String SOURCE = "replay";

    /** What a model is called that the trace does not name. */
    String UNKNOWN_MODEL = "unknown";

    /**
     * The row's requests; none where it tells of none.
     *
     * @throws BadCell if it cannot be understood
     */
    Iterator<Event> requests(Row row) throws BadCell;

    /**
     * The identity of a request that has none of its own: the file's content and the row's number,
     * whatever the file is called and wherever it lies. A promise of the sender, so that the same
     * file under another name, by which a model may be called otherwise, adds nothing.
     */
    static String identity(TraceFile file, Row row) {
        return "trace-%s-%d".formatted(file.contentId(), row.number());
    }

    /**
     * A request of a row that counts its tokens in two columns, of the file's model.
     *
     * @param ts when it was, as the row says
     * @throws BadCell if a count cannot be understood, or the time is none that is taken
     */
    static Event.Builder counting(
            TraceFile file, Row row, AgeLimits ages, Instant ts, String prompt, String completion)
            throws BadCell {
        var read = Cells.wholeNumber(row, prompt);
        var written = Cells.wholeNumber(row, completion);
        requireTokens(read, written);
        return TokenUsage.builder()
                .set(TokenUsage.TS, ages.checked(ts))
                .set(TokenUsage.EVENT_ID, identity(file, row))
                .set(TokenUsage.MODEL, file.model())
                .set(TokenUsage.PROMPT_TOKENS, read)
                .set(TokenUsage.COMPLETION_TOKENS, written);
    }

    /** Checks that a request read or wrote a token. */
    static void requireTokens(@Nullable Long prompt, @Nullable Long completion) throws BadCell {
        if (prompt == null && completion == null) {
            throw new BadCell(DropReason.MISSING_VALUE, "both token counts are empty");
        }
        if (isZero(prompt) && isZero(completion)) {
            throw new BadCell(DropReason.NO_TOKENS, "both token counts are 0");
        }
    }

    private static boolean isZero(@Nullable Long tokens) {
        return tokens == null || tokens == 0;
    }

    /** The event, whose values must be those that the contract allows. */
    static Event built(Event.Builder event) throws BadCell {
        try {
            return event.set(TokenUsage.SOURCE, SOURCE).build();
        } catch (IllegalArgumentException e) {
            throw new BadCell(DropReason.OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
    }
}
