package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.producer.source.replay.table.TraceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A trace with a request, or several, in each row. */
final class TokenTrace implements Trace {

    private final TraceFile file;
    private final DroppedRows dropped;
    private final TraceTable table;
    private final RequestReader reader;
    private Iterator<Event> ready = Collections.emptyIterator();

    TokenTrace(TraceFile file, AgeLimits ages, DroppedRows dropped) {
        this.file = file;
        this.dropped = dropped;
        this.reader = reader(file, ages);
        try {
            this.table = TraceTable.open(file.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RequestReader reader(TraceFile file, AgeLimits ages) {
        return switch (file.format()) {
            case AZURE_LLM -> new AzureRequests(file, ages);
            case BURST_GPT -> new BurstGptRequests(file, ages);
            case MOONCAKE -> new MooncakeRequests(file, "timestamp_ms", ages);
            case MOONCAKE_JSON -> new MooncakeRequests(file, "timestamp", ages);
            case LITE_LLM -> new LiteLlmRequests(ages);
            case OPEN_AI -> new OpenAiBuckets(ages);
            case ALIBABA_GPU, NVIDIA_SMI ->
                    throw new IllegalArgumentException("no requests in " + file);
        };
    }

    @Override
    public TraceFormat format() {
        return file.format();
    }

    @Override
    public @Nullable Event next() {
        while (!ready.hasNext()) {
            var row = table.next();
            if (row == null) {
                return null;
            }
            try {
                row.check();
                ready = reader.requests(row);
            } catch (BadCell e) {
                dropped.add(file.path(), row.line(), e);
            }
        }
        return ready.next();
    }

    @Override
    public void close() {
        table.close();
    }
}
