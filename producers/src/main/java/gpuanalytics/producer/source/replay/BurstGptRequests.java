package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import java.util.Iterator;
import java.util.List;

/** BurstGPT: seconds, a model and two token counts; no response tokens are a failure. */
final class BurstGptRequests implements RequestReader {

    private static final String COMPLETION = "Response tokens";

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
        var completion = Cells.wholeNumber(row, COMPLETION);
        boolean failed = completion != null && completion == 0;
        var request =
                RequestReader.counting(file, row, ages, ts, "Request tokens", COMPLETION)
                        .set(TokenUsage.MODEL, model)
                        .set(TokenUsage.WORKLOAD, row.get("Log Type"))
                        .set(TokenUsage.STATUS, failed ? "failure" : null);
        return List.of(RequestReader.built(request)).iterator();
    }
}
