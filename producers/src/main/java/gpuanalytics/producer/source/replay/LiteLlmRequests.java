package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LiteLLM's spend logs. A row is a request with an id of its own, so that what a gateway has told
 * already, or another export holds too, counts once.
 */
final class LiteLlmRequests implements RequestReader {

    private final AgeLimits ages;

    LiteLlmRequests(AgeLimits ages) {
        this.ages = ages;
    }

    @Override
    public Iterator<Event> requests(Row row) throws BadCell {
        var start = Cells.dateTime(row, "startTime");
        var end = row.get("endTime") == null ? start : Cells.dateTime(row, "endTime");
        return List.of(
                        RequestReader.built(
                                TokenUsage.builder()
                                        .set(TokenUsage.TS, ages.checked(end))
                                        .set(TokenUsage.REQUEST_ID, Cells.text(row, "request_id"))
                                        .set(TokenUsage.MODEL, model(row))
                                        .set(
                                                TokenUsage.PROMPT_TOKENS,
                                                orNone(Cells.wholeNumber(row, "prompt_tokens")))
                                        .set(
                                                TokenUsage.COMPLETION_TOKENS,
                                                orNone(Cells.wholeNumber(row, "completion_tokens")))
                                        .set(TokenUsage.PROVIDER, row.get("custom_llm_provider"))
                                        .set(TokenUsage.OPERATION, row.get("call_type"))
                                        .set(TokenUsage.TEAM, row.get("team_id"))
                                        .set(TokenUsage.USER, first(row, "end_user", "user"))
                                        .set(TokenUsage.STATUS, row.get("status"))
                                        .set(TokenUsage.LATENCY_MS, millis(start, end))
                                        .set(
                                                TokenUsage.TTFT_MS,
                                                firstTokenMillis(row, start, end))))
                .iterator();
    }

    private static String model(Row row) {
        var model = first(row, "model", "model_group");
        return model == null ? UNKNOWN_MODEL : model;
    }

    private static @Nullable String first(Row row, String column, String otherwise) {
        var value = row.get(column);
        return value == null ? row.get(otherwise) : value;
    }

    /** LiteLLM writes 0 where a request has used nothing; an export may leave it empty. */
    private static Long orNone(@Nullable Long tokens) {
        return tokens == null ? 0L : tokens;
    }

    private static @Nullable Double millis(Instant start, Instant end) {
        if (!end.isAfter(start)) {
            return null;
        }
        // not in nanoseconds alone, of which a long has 292 years
        var length = Duration.between(start, end);
        return length.toSeconds() * 1e3 + length.toNanosPart() / 1e6;
    }

    /** Where nothing was streamed the first token's time is that of the end. */
    private static @Nullable Double firstTokenMillis(Row row, Instant start, Instant end)
            throws BadCell {
        if (row.get("completionStartTime") == null) {
            return null;
        }
        var first = Cells.dateTime(row, "completionStartTime");
        return first.isBefore(end) ? millis(start, first) : null;
    }
}
