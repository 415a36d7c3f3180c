package gpuanalytics.processor.write;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.List;

/** Stores events, each once. */
public interface EventWriter {

    /**
     * Returns when the fate of every row is sure, however long that takes.
     *
     * @return one outcome per row, in their order
     * @throws InterruptedException when the processor gives up; any row may or may not be stored
     */
    List<Outcome> write(List<Row> rows) throws InterruptedException;
}
