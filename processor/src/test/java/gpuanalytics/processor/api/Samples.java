package gpuanalytics.processor.api;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.processor.query.FoundConflict;
import gpuanalytics.processor.query.GpuSeries;
import gpuanalytics.processor.query.GpuSeriesQuery;
import gpuanalytics.processor.query.LatestSample;
import gpuanalytics.processor.query.LatestSamples;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Reading;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Level;
import gpuanalytics.processor.query.Reading.Total;
import gpuanalytics.processor.query.Readings;
import gpuanalytics.processor.query.RowKey;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenNotes;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Rest;
import gpuanalytics.processor.query.TokenReport.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers of queries: one with every value, one with only what is always there. */
final class Samples {

    static final Counts FULL =
            new Counts(
                    9_007_199_254_740_993L, // beyond what a double holds exactly
                    2,
                    9_007_199_254_740_994L,
                    new Readings(
                            Measures.TOKEN,
                            List.of(
                                    new Total(22_361_870L),
                                    new Total(4_088_665L),
                                    new Total(10L),
                                    new Total(11L),
                                    new Total(12L),
                                    new Distribution(7, 1258.925, 2_000_000.5, 1300),
                                    new Distribution(7, 12.5, 25, 13.25))),
                    0.000_001_25);

    static final Counts SPARSE = new Counts(1, 0, 1, onlyCompletion(0), null);

    private Samples() {}

    private static Readings onlyCompletion(long tokens) {
        var readings = new ArrayList<@Nullable Reading>();
        for (var measure : Measures.TOKEN) {
            readings.add(
                    measure.field().equals(TokenUsage.COMPLETION_TOKENS)
                            ? new Total(tokens)
                            : null);
        }
        return new Readings(Measures.TOKEN, readings);
    }

    // javac leaves the type annotations of a compact constructor out of the class file
    @SuppressWarnings("NullAway")
    static TokenReport tokenReport(TokenQuery query) {
        var full = new ArrayList<@Nullable String>();
        for (var dimension : query.groupBy()) {
            full.add(dimension.label() + " \"1\", ü\n");
        }
        var absent = new ArrayList<@Nullable String>(full);
        for (int i = 1; i < absent.size(); i++) {
            absent.set(i, null);
        }
        var rows =
                List.of(
                        new Row(query.window().from(), full, FULL),
                        new Row(query.window().from(), absent, SPARSE));
        if (query.paging().limit() == null) {
            return new TokenReport(coverage(query.window()), query.groupBy(), rows, FULL);
        }
        return new TokenReport(
                coverage(query.window()),
                query.groupBy(),
                rows.subList(0, 1),
                FULL,
                new Rest(1, SPARSE),
                new RowKey(null, query.window().from(), full),
                new TokenNotes(List.of(TokenDimension.USER), Set.of("node-9/0")));
    }

    private static Coverage coverage(QueryWindow window) {
        return new Coverage(window, true, Instant.parse("2024-12-27T12:00:30Z"));
    }

    static GpuSeries gpuSeries(GpuSeriesQuery query) {
        var readings = new ArrayList<@Nullable Reading>();
        for (var measure : Measures.GPU) {
            readings.add(measure.hasSum() ? new Level(0.5, 0, 85_899_345_920.0) : null);
        }
        var start = query.window().from();
        return new GpuSeries(
                coverage(query.window()),
                List.of(
                        new GpuSeries.Point(
                                start,
                                4,
                                60,
                                18_000.25,
                                2,
                                0L,
                                new Readings(Measures.GPU, readings)),
                        new GpuSeries.Point(
                                start, 1, 15, null, 0, null, Readings.absent(Measures.GPU))));
    }

    static List<FoundConflict> conflicts() {
        return List.of(
                new FoundConflict(
                        Instant.parse("2026-01-31T11:59:59.123Z"),
                        "identity_reused",
                        "token.usage.v1",
                        "r:7",
                        "topic/0/12",
                        "another request than that at topic/0/11"));
    }

    static LatestSamples latestSamples() {
        var required =
                GpuMetric.builder()
                        .set(GpuMetric.TS, Instant.parse("2026-01-31T11:59:59.123456789Z"))
                        .set(GpuMetric.HOST, "node-1")
                        .set(GpuMetric.GPU_INDEX, 0L)
                        .set(GpuMetric.NAME, "NVIDIA L4");
        var sparse = required.build();
        var full =
                required.set(GpuMetric.EVENT_ID, "e-1")
                        .set(GpuMetric.GPU_UUID, "GPU-5a1f")
                        .set(GpuMetric.MIG_ID, "3")
                        .set(GpuMetric.NODE, "n")
                        .set(GpuMetric.NAMESPACE, "ns")
                        .set(GpuMetric.POD, "p")
                        .set(GpuMetric.CONTAINER, "c")
                        .set(GpuMetric.TEAM, "search")
                        .set(GpuMetric.UTILIZATION, 1.0)
                        .set(GpuMetric.SM_ACTIVE, 0.75)
                        .set(GpuMetric.TENSOR_ACTIVE, 0.5)
                        .set(GpuMetric.DRAM_ACTIVE, 0.25)
                        .set(GpuMetric.MEM_USED_BYTES, 1L << 40)
                        .set(GpuMetric.MEM_TOTAL_BYTES, 1L << 41)
                        .set(GpuMetric.POWER_W, 300.5)
                        .set(GpuMetric.ENERGY_J_TOTAL, 123_456_789.25)
                        .set(GpuMetric.TEMP_C, -1.5)
                        .set(GpuMetric.SM_CLOCK_HZ, 1.98e9)
                        .set(GpuMetric.MEM_CLOCK_HZ, 2.6e9)
                        .set(GpuMetric.PCIE_TX_BPS, 1e9)
                        .set(GpuMetric.PCIE_RX_BPS, 2e9)
                        .set(GpuMetric.XID, 0L)
                        .set(GpuMetric.THROTTLE_S_TOTAL, 0.0)
                        .set(GpuMetric.PRICE_PER_HOUR_USD, 2.5)
                        .set(GpuMetric.INTERVAL_S, 15.0)
                        .set(GpuMetric.SOURCE, "dcgm")
                        .build();
        return new LatestSamples(
                List.of(
                        new LatestSample(
                                "GPU-5a1f",
                                full,
                                Duration.ofMillis(877),
                                List.of("ns/p/c", "ns/q"),
                                null),
                        new LatestSample("node-1/0", sparse, Duration.ofMillis(-2000))),
                3);
    }
}
