package gpuanalytics.processor.rollup;

import java.util.List;
import java.util.Map;

/**
 * What counts of a batch that is stored.
 *
 * @param rows in offset order within each partition
 * @param meters how far the counters of GPUs and MIG instances are read after it, by their series;
 *     of those alone that it has read
 */
public record CountedBatch(List<CountedRow> rows, Map<String, MeterState> meters) {}
