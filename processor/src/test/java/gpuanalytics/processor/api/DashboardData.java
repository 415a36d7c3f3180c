package gpuanalytics.processor.api;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.ledger.Basis;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.CostReport.Energy;
import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.CostReport.Notes;
import gpuanalytics.processor.ledger.CostReport.Rates;
import gpuanalytics.processor.ledger.CostReport.Tokens;
import gpuanalytics.processor.ledger.WasteReport;
import gpuanalytics.processor.ledger.WasteReport.Wasted;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.processor.query.LatestSample;
import gpuanalytics.processor.query.LatestSamples;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Total;
import gpuanalytics.processor.query.Readings;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.processor.query.TokenReport.Counts;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small fleet whose names would be HTML, scripts or several values where somebody took them so,
 * or hide characters.
 */
final class DashboardData {

    static final List<@Nullable String> NAMES =
            Collections.<@Nullable String>unmodifiableList(
                    Arrays.<@Nullable String>asList(
                            "<script>window.taken = 1</script>",
                            "<img src=x onerror=window.taken=2>",
                            "\"quoted\", with 'comma' & <b>",
                            "日本語 עברית",
                            "a\u202every-long\u200b-name-" + "0123456789".repeat(8),
                            "search",
                            null));

    private DashboardData() {}

    /** A row for each name; each has other numbers, the last none that could be told. */
    static CostReport costs(CostQuery query, int factor) {
        var rows = new ArrayList<CostReport.Row>();
        for (int i = 0; i < NAMES.size(); i++) {
            var cost = i == 3 ? UNPRICED : cost(i + 1, factor);
            rows.add(new CostReport.Row(query.window().from(), group(query, NAMES.get(i)), cost));
        }
        return new CostReport(coverage(query), query.groupBy(), rows, cost(27, factor), NOTES);
    }

    /**
     * Costs that rose from {@code before} to {@code now}, and over time with a step that has none
     * and one that has no price.
     */
    static CostReport wentFrom(int before, int now, CostQuery query) {
        var window = query.window();
        // the page asks for the span before by its own clock, and for all else by the API's
        var isBefore = window.to().isAfter(RunningApi.NOW.plus(Duration.ofHours(2)));
        var rows = new ArrayList<CostReport.Row>();
        if (window.step() instanceof Step.Fixed step) {
            for (int place : List.of(0, 1, 3, 4)) {
                rows.add(
                        new CostReport.Row(
                                window.from().plus(step.length().multipliedBy(place)),
                                group(query, "search"),
                                place == 4 ? UNPRICED : cost(place + 1, 1)));
            }
        } else {
            rows.add(new CostReport.Row(window.from(), group(query, "search"), cost(now, 1)));
        }
        return new CostReport(
                coverage(query), query.groupBy(), rows, cost(isBefore ? before : now, 1), NOTES);
    }

    private static final Notes NOTES =
            new Notes(Basis.ALLOCATION, "0123456789ab", 1, List.of(), List.of(), List.of());

    private static final Cost UNPRICED =
            new Cost(
                    null,
                    null,
                    new Tokens(4, 0, null, null, null, null, null, 0, 0),
                    new Rates(null, null, null, null),
                    null,
                    null,
                    List.of());

    private static Cost cost(int n, int factor) {
        return new Cost(
                new Dollars(usd(n * factor, "1.234567"), usd(n, "331.000001"), usd(n, "0.0003")),
                new GpuTime(3600.5 * n, 1800 * n, 60 * n, 0),
                new Tokens(100L * n, n, 12_345L * n, 6789L * n, 10L * n, null, 5L * n, 0, 0),
                new Rates(usd(n, "0.0625"), usd(n, "0.03125"), usd(n, "0.125"), 0.0375 * n),
                new Energy(1e6 * n, 2e5 * n, 0),
                1 - n / 100.0,
                List.of("time", "tokens"));
    }

    static WasteReport waste(CostQuery query) {
        var rows = new ArrayList<WasteReport.Row>();
        for (int i = 0; i < NAMES.size(); i++) {
            rows.add(
                    new WasteReport.Row(
                            query.window().from(), group(query, NAMES.get(i)), wasted(i + 1)));
        }
        return new WasteReport(coverage(query), query.groupBy(), rows, wasted(28), NOTES);
    }

    private static EnumMap<WasteReport.Kind, Wasted> wasted(int n) {
        var wasted = new EnumMap<WasteReport.Kind, Wasted>(WasteReport.Kind.class);
        double seconds = 900.0 * n;
        for (var kind : WasteReport.Kind.values()) {
            wasted.put(kind, new Wasted(seconds, usd(n, "2.5")));
            seconds /= 2;
        }
        return wasted;
    }

    static TokenReport tokens(TokenQuery query) {
        var rows = new ArrayList<TokenReport.Row>();
        for (int i = 0; i < NAMES.size(); i++) {
            var name = Objects.requireNonNullElse(NAMES.get(i), "none told");
            var group = Collections.nCopies(query.groupBy().size(), name);
            rows.add(new TokenReport.Row(query.window().from(), group, counts(i + 1)));
        }
        return new TokenReport(
                new Coverage(query.window(), true, RunningApi.SINCE),
                query.groupBy(),
                rows,
                counts(28));
    }

    private static Counts counts(int n) {
        return new Counts(
                100L * n,
                n,
                101L * n,
                new Readings(
                        Measures.TOKEN,
                        List.of(
                                new Total(12_345L * n),
                                new Total(6789L * n),
                                new Total(10L * n),
                                new Total(0L),
                                new Total(5L * n),
                                new Distribution(7, 1258.925 * n, 20_000.5 * n, 1300),
                                new Distribution(7, 12.5 * n, 25 * n, 13.25))),
                0.5 * n);
    }

    /** So many GPUs, eight in a host; every tenth tells nothing of itself. */
    static LatestSamples gpus(int most) {
        var samples = new ArrayList<LatestSample>();
        for (int i = 0; i < most; i++) {
            var name = NAMES.get(i / 8 % (NAMES.size() - 1));
            var metric =
                    GpuMetric.builder()
                            .set(GpuMetric.TS, Instant.parse("2026-01-31T11:59:59Z"))
                            .set(GpuMetric.HOST, i < 48 ? String.valueOf(name) : "node-" + i / 8)
                            .set(GpuMetric.GPU_INDEX, (long) i % 8)
                            .set(GpuMetric.NAME, "NVIDIA H100 80GB HBM3");
            if (i % 10 != 9) {
                metric.set(GpuMetric.UTILIZATION, i % 8 / 8.0)
                        .set(GpuMetric.MEM_USED_BYTES, (1L + i % 8) << 33)
                        .set(GpuMetric.MEM_TOTAL_BYTES, 80L << 30)
                        .set(GpuMetric.POWER_W, 300.5 + i)
                        .set(GpuMetric.TEMP_C, 40.0 + i % 8)
                        .set(GpuMetric.XID, i % 100 == 0 ? 79L : 0L)
                        .set(GpuMetric.TEAM, String.valueOf(name));
            }
            var gpu = i < 48 ? name + "/" + i % 8 : "GPU-%04d".formatted(i);
            samples.add(new LatestSample(gpu, metric.build(), Duration.ofMillis(877 + i)));
        }
        return new LatestSamples(samples, 3);
    }

    private static List<@Nullable String> group(CostQuery query, @Nullable String name) {
        return new ArrayList<@Nullable String>(Collections.nCopies(query.groupBy().size(), name));
    }

    private static Coverage coverage(CostQuery query) {
        return new Coverage(query.window().inHours(), true, true, RunningApi.SINCE);
    }

    private static BigDecimal usd(int n, String each) {
        return new BigDecimal(each).multiply(BigDecimal.valueOf(n));
    }
}
