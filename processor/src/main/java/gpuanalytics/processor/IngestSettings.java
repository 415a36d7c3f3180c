package gpuanalytics.processor;

import gpuanalytics.processor.batch.BatchPolicy;
import gpuanalytics.processor.meter.MeterLimits;
import gpuanalytics.processor.rollup.FlushPolicy;
import gpuanalytics.processor.series.SeriesLimits;
import gpuanalytics.processor.write.IdentityRules;
import java.time.Duration;

/**
 * How records go through the steps.
 *
 * @param batch when a batch goes to the store
 * @param inFlightBatches how many batches are inserted at the same time
 * @param bufferBytes how many bytes of records may be under way before fetching pauses
 * @param flush when gathered rollups go to the store
 * @param series how many series an hour may have before others count under "other"
 * @param meter what the counters of GPUs may say
 * @param identity how what is said under one identity is told apart
 * @param maxConflicts how many conflicts can be asked for, the latest
 * @param sampleInterval the time a sample stands for when it does not say
 * @param shutdownTimeout how long a shutdown waits for what is under way
 */
record IngestSettings(
        BatchPolicy batch,
        int inFlightBatches,
        long bufferBytes,
        FlushPolicy flush,
        SeriesLimits series,
        MeterLimits meter,
        IdentityRules identity,
        int maxConflicts,
        Duration sampleInterval,
        Duration shutdownTimeout) {}
