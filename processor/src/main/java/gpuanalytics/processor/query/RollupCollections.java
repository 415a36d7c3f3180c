package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import org.bson.Document;

/**
 * Where the rollups of a kind of event are.
 *
 * @param minute the collection of those by the minute
 * @param hour the collection of those by the hour
 * @param events what together counts the events in each, and never falls
 */
record RollupCollections(String minute, String hour, List<RollupCounter> events) {

    static final RollupCollections GPU =
            new RollupCollections(
                    StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR, List.of(GpuCounter.SAMPLES));

    static final RollupCollections TOKEN =
            new RollupCollections(
                    StoreLayout.TOKEN_MINUTE,
                    StoreLayout.TOKEN_HOUR,
                    List.of(
                            TokenCounter.REQUESTS,
                            TokenCounter.SUPERSEDED,
                            TokenCounter.WITHOUT_REQUEST));

    /** How many events a rollup counts or has counted. */
    long events(Document rollup) {
        return events.stream().mapToLong(counter -> Numbers.integer(rollup, counter.field())).sum();
    }

    /** The collection that a part of a window is read from. */
    String of(QueryWindow.Part part) {
        return part.isMinutes() ? minute : hour;
    }
}
