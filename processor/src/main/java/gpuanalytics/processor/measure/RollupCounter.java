package gpuanalytics.processor.measure;

/** An integer that a rollup counts beside the readings of its events. */
public sealed interface RollupCounter permits GpuCounter, TokenCounter {

    /** Its name in a rollup document. */
    String field();

    /** Its place among the counters of its kind, from 0. */
    int ordinal();
}
