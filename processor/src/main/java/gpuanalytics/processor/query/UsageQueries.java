package gpuanalytics.processor.query;

import java.util.List;
import java.util.Optional;

/**
 * The questions that the API asks. Every call blocks until it has the whole answer and may be
 * interrupted.
 *
 * <p>Every method throws {@link InvalidQueryException} when the answer would exceed a limit, {@link
 * StoreUnavailableException} when the store cannot be asked and {@link QueryTimeoutException} when
 * it does not answer in time.
 */
public interface UsageQueries {

    /** The latest sample of each GPU and MIG instance. */
    LatestSamples latestSamples(LatestSamplesQuery query);

    /** What one GPU did; empty for a GPU that has never reported. */
    Optional<GpuSeries> gpuSeries(GpuSeriesQuery query);

    /** What was said under identities that mean something else, the latest first, so many. */
    List<FoundConflict> conflicts(int limit);

    /** What was asked of the models, by group and time. */
    TokenReport tokens(TokenQuery query);
}
