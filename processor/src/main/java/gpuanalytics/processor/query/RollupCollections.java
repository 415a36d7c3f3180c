package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;

/**
 * Where the rollups of a kind of event are.
 *
 * @param minute the collection of those by the minute
 * @param hour the collection of those by the hour
 * @param events what counts the events in each
 */
record RollupCollections(String minute, String hour, RollupCounter events) {

    static final RollupCollections GPU =
            new RollupCollections(StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR, GpuCounter.SAMPLES);

    static final RollupCollections TOKEN =
            new RollupCollections(
                    StoreLayout.TOKEN_MINUTE, StoreLayout.TOKEN_HOUR, TokenCounter.REQUESTS);

    /** The collection that a part of a window is read from. */
    String of(QueryWindow.Part part) {
        return part.isMinutes() ? minute : hour;
    }
}
