package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.replay.table.AgeLimits;
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
        var request =
                RequestReader.counting(file, row, ages, ts, "ContextTokens", "GeneratedTokens");
        return List.of(RequestReader.built(request)).iterator();
    }
}
