package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import java.util.Iterator;
import java.util.List;

/** Azure's traces of LLM inference: a time and two token counts. */
final class AzureRequests implements RequestReader {

    private final TraceFile file;
    private final AgeLimits ages;

    AzureRequests(TraceFile file, AgeLimits ages) {
        this.file = file;
        this.ages = ages;
    }

    @Override
    public Iterator<Event> requests(Row row) throws BadCell {
        var ts = Cells.dateTime(row, "TIMESTAMP");
        var prompt = Cells.wholeNumber(row, "ContextTokens");
        var completion = Cells.wholeNumber(row, "GeneratedTokens");
        RequestReader.requireTokens(prompt, completion);
        return List.of(
                        RequestReader.built(
                                TokenUsage.builder()
                                        .set(TokenUsage.TS, ages.checked(ts))
                                        .set(TokenUsage.EVENT_ID, RequestReader.identity(file, row))
                                        .set(TokenUsage.MODEL, file.model())
                                        .set(TokenUsage.PROMPT_TOKENS, prompt)
                                        .set(TokenUsage.COMPLETION_TOKENS, completion)))
                .iterator();
    }
}
