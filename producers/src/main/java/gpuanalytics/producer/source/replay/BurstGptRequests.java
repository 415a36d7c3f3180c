package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import java.util.Iterator;
import java.util.List;

/** BurstGPT: seconds, a model and two token counts; no response tokens are a failure. */
final class BurstGptRequests implements RequestReader {

    private final TraceFile file;
    private final AgeLimits ages;

    BurstGptRequests(TraceFile file, AgeLimits ages) {
        this.file = file;
        this.ages = ages;
    }

    @Override
    public Iterator<Event> requests(Row row) throws BadCell {
        var ts = Cells.secondsSince(TraceFormat.BURST_GPT_START, row, "Timestamp");
        var model = Cells.text(row, "Model");
        var prompt = Cells.wholeNumber(row, "Request tokens");
        var completion = Cells.wholeNumber(row, "Response tokens");
        RequestReader.requireTokens(prompt, completion);
        boolean failed = completion != null && completion == 0;
        return List.of(
                        RequestReader.built(
                                TokenUsage.builder()
                                        .set(TokenUsage.TS, ages.checked(ts))
                                        .set(TokenUsage.EVENT_ID, RequestReader.identity(file, row))
                                        .set(TokenUsage.MODEL, model)
                                        .set(TokenUsage.PROMPT_TOKENS, prompt)
                                        .set(TokenUsage.COMPLETION_TOKENS, completion)
                                        .set(TokenUsage.WORKLOAD, row.get("Log Type"))
                                        .set(TokenUsage.STATUS, failed ? "failure" : null)))
                .iterator();
    }
}
