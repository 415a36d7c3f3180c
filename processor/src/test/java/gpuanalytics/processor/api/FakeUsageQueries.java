package gpuanalytics.processor.api;

import gpuanalytics.processor.query.FoundConflict;
import gpuanalytics.processor.query.GpuSeries;
import gpuanalytics.processor.query.GpuSeriesQuery;
import gpuanalytics.processor.query.LatestSamples;
import gpuanalytics.processor.query.LatestSamplesQuery;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.processor.query.UsageQueries;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Answers as the test says. */
final class FakeUsageQueries implements UsageQueries {

    volatile Function<LatestSamplesQuery, LatestSamples> latestSamples =
            _ -> new LatestSamples(List.of(), 0);
    volatile Function<GpuSeriesQuery, Optional<GpuSeries>> gpuSeries = _ -> Optional.empty();
    volatile IntFunction<List<FoundConflict>> conflicts = _ -> Samples.conflicts();
    volatile Function<TokenQuery, TokenReport> tokens = Samples::tokenReport;

    @Override
    public LatestSamples latestSamples(LatestSamplesQuery query) {
        return latestSamples.apply(query);
    }

    @Override
    public Optional<GpuSeries> gpuSeries(GpuSeriesQuery query) {
        return gpuSeries.apply(query);
    }

    @Override
    public List<FoundConflict> conflicts(int limit) {
        return conflicts.apply(limit);
    }

    @Override
    public TokenReport tokens(TokenQuery query) {
        return tokens.apply(query);
    }
}
