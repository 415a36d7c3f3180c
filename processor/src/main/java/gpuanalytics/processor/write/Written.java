package gpuanalytics.processor.write;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.rollup.CountedRow;
import java.util.List;

/**
 * The fate of rows that were to be stored.
 *
 * @param counted those that count in rollups: not another record's repeats, not what was refused
 * @param refused those that are in the dead letters, as they were given
 */
public record Written(List<CountedRow> counted, List<Row> refused) {}
