package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.Row;
import java.util.Iterator;
import java.util.List;

/** Mooncake's traces, as they are or as CSV: milliseconds, two lengths, perhaps what is cached. */
final class MooncakeRequests implements RequestReader {

    private final TraceFile file;
    private final String timeColumn;
    private final AgeLimits ages;

    MooncakeRequests(TraceFile file, String timeColumn, AgeLimits ages) {
        this.file = file;
        this.timeColumn = timeColumn;
        this.ages = ages;
    }

    @Override
    public Iterator<Event> requests(Row row) throws BadCell {
        var ts = Cells.millisSince(TraceFormat.MOONCAKE_START, row, timeColumn);
        var request =
                RequestReader.counting(file, row, ages, ts, "input_length", "output_length")
                        .set(
                                TokenUsage.CACHED_PROMPT_TOKENS,
                                Cells.wholeNumber(row, "reusable_prefix_tokens"));
        return List.of(RequestReader.built(request)).iterator();
    }
}
