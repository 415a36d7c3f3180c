package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.WhatIfQuery.Fleet;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.Step;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example that docs/ledger.md works through by hand. */
class LedgerExampleIT {

    private static final Instant TEN = LedgerFixture.hoursAgo(5);
    private static final Instant ELEVEN = TEN.plus(Duration.ofHours(1));
    private static final Step TOTAL = new Step.Total();

    private final LedgerFixture fixture = new LedgerFixture();

    @BeforeEach
    void tell() throws InterruptedException {
        fixture.priceWith(
                new TestPrices()
                        .gpu("H100", "4", Instant.EPOCH)
                        .gpu("H100", "6", at(30, 0))
                        .gpu("A100", "2", Instant.EPOCH)
                        .model("gpt", "2.5", "10", Instant.EPOCH)
                        .embedding("embedding", "1", ELEVEN)
                        .book());
        var events = new ArrayList<Event>();
        for (int minute = 0; minute < 60; minute++) {
            events.add(
                    sample("GPU-A", "H100", "ops", minute).set(GpuMetric.POWER_W, 300.0).build());
            if (minute < 20 || minute >= 30) {
                events.add(sample("GPU-B", "A100", "ads", minute).build());
            }
        }
        events.add(
                usage("GPU-A", "search", at(11, 30))
                        .set(TokenUsage.LATENCY_MS, 90_000.0)
                        .set(TokenUsage.TTFT_MS, 30_000.0)
                        .build());
        events.add(
                usage("GPU-A", "ads", at(11, 40))
                        .set(TokenUsage.LATENCY_MS, 10_000.0)
                        .set(TokenUsage.TTFT_MS, 2000.0)
                        .build());
        events.add(usage("GPU-A", "ops", at(40, 10)).build());
        events.add(
                usage("GPU-B", "ads", at(50, 10))
                        .set(TokenUsage.LATENCY_MS, 1000.0)
                        .set(TokenUsage.TTFT_MS, 500.0)
                        .build());
        fixture.store(events);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void theBillIsWhatThePageSays() {
        for (var isStored : new boolean[] {false, true}) {
            if (isStored) {
                fixture.keeper().keep();
            }
            var bill = fixture.costs(TEN, ELEVEN, TOTAL, Basis.ALLOCATION, CostDimension.TEAM);

            assertEquals(isStored ? 0 : 1, bill.notes().openHours());
            assertUsd("0.266667 6.400000 0.333333 7.000000", bill.totals().usd());
            assertUsd("0.050000 1.633333 0.333333 2.016666", row(bill, "ads").usd());
            assertUsd("0.100000 4.766667 0.000000 4.866667", row(bill, "ops").usd());
            assertUsd("0.116667 0.000000 0.000000 0.116667", row(bill, "search").usd());
            assertEquals(110.0 / 120, bill.totals().coverage());
            assertEquals(List.of("time", "tokens"), bill.totals().method());
            assertEquals(List.of("time"), row(bill, "search").method());
        }
    }

    @Test
    void onlyTheBusyHalfIsAttributedOnTheUsageBasis() {
        var bill = fixture.costs(TEN, ELEVEN, TOTAL, Basis.USAGE);

        assertUsd("0.133334 6.533333 0.333333 7.000000", bill.totals().usd());
    }

    @Test
    void tokensCostWhatTheirTimeCosts() {
        var bill = fixture.costs(TEN, ELEVEN, TOTAL, Basis.ALLOCATION, CostDimension.TEAM);
        var search = row(bill, "search");

        // a third of 105 s was prefill: 35 s x 4 USD / 3600 s, over 1,000 tokens
        assertEquals("38.888889", text(search.rates().usdPerMillionInput()));
        assertEquals("194.444444", text(search.rates().usdPerMillionOutput()));
        // 18,000 J and three quarters of 18,000 J, over 1,400 tokens
        assertEquals(22.5, search.rates().joulesPerToken());
        var onB =
                fixture.costs(
                        TEN,
                        ELEVEN,
                        TOTAL,
                        Basis.ALLOCATION,
                        Map.of(CostDimension.GPU, List.of("GPU-B")));
        assertNull(onB.totals().energy(), "absent is not zero");
        assertNull(onB.totals().rates().joulesPerToken());
        assertUsd("0.033334 1.633333 0.333333 2.000000", onB.totals().usd());
    }

    @Test
    void otherwiseItCostsWhatThePageSays() {
        var one = fleet(Optional.of("A100"), Optional.empty(), Optional.of(1L), 0.5);
        var rows = fixture.whatIf(TEN, ELEVEN, one, "gpt").rows();

        assertRow("ledger, -, 7.000000, -, 7.000000, -, 1250.000000, 0", rows.get(0));
        assertRow("fleet, A100, 2.000000, -, 2.000000, -5.000000, 357.142857, 0", rows.get(1));
        assertRow("api, gpt, -, 0.026000, 0.026000, -6.974000, 4.642857, 0", rows.get(2));
        assertGpus("2.0000 2.0000 0.0000 0.0333 3.500000", rows.get(0));
        assertGpus("1.0000 1.0000 0.0000 0.1333 2.000000", rows.get(1));
        assertBreakEven("430769 10.2564", rows.get(2));
        assertBreakEven(
                "1507692 8.9744",
                fixture.whatIf(TEN, ELEVEN, Optional.empty(), "gpt").rows().get(1));
    }

    @Test
    void anotherPriceOrSpeedAloneIsOfTheSameGpus() {
        var cheaper = fleet(Optional.empty(), Optional.of("0.5"), Optional.empty(), 1);
        var named = fleet(Optional.of("H200"), Optional.of("0.5"), Optional.empty(), 1);
        var faster = fleet(Optional.empty(), Optional.empty(), Optional.empty(), 2);

        var atHalf = fixture.whatIf(TEN, ELEVEN, cheaper).rows().get(1);
        assertRow("fleet, -, 1.000000, -, 1.000000, -6.000000, 178.571429, 0", atHalf);
        assertGpus("2.0000 2.0000 0.0000 0.0333 0.500000", atHalf);
        var ofOthers = fixture.whatIf(TEN, ELEVEN, named).rows().get(1);
        assertRow("fleet, H200, 1.000000, -, 1.000000, -6.000000, 178.571429, 0", ofOthers);
        assertEquals("provided", ofOthers.source());
        var atDouble = fixture.whatIf(TEN, ELEVEN, faster).rows().get(1);
        assertRow("fleet, -, 3.500000, -, 3.500000, -3.500000, 625.000000, 0", atDouble);
        assertGpus("1.0000 1.0000 0.0000 0.0333 3.500000", atDouble);
    }

    @Test
    void whatHasNoPriceIsToldAndNeverCompared() {
        var reads = fixture.whatIf(TEN, ELEVEN, Optional.empty(), "embedding").rows().get(1);
        assertRow("api, embedding, -, 0.004000, 0.004000, -, -, 1600", reads);
        assertEquals("https://example.org/", reads.source());
        assertNull(reads.breakEven());

        fixture.priceWith(
                new TestPrices()
                        .gpu("A100", "2", Instant.EPOCH)
                        .model("gpt", "2.5", "10", Instant.EPOCH)
                        .book());
        var report = fixture.whatIf(TEN, ELEVEN, Optional.empty(), "gpt");
        assertRow("ledger, -, 2.000000, -, 2.000000, -, -, 4200", report.rows().get(0));
        assertGpus("2.0000 2.0000 1.0000 0.0333 2.000000", report.rows().get(0));
        assertRow("api, gpt, -, 0.026000, 0.026000, -, 4.642857, 0", report.rows().get(1));
        assertNull(report.rows().get(1).breakEven());
        assertEquals(List.of("H100"), report.notes().unpricedGpus());
        var faster = fleet(Optional.empty(), Optional.empty(), Optional.empty(), 2);
        var fleet = fixture.whatIf(TEN, ELEVEN, faster, "gpt").rows();
        assertRow("fleet, -, -, -, -, -, -, 5600", fleet.get(1));
        assertGpus("1.0000 1.0000 1.0000 0.0333 absent", fleet.get(1));
        assertNull(fleet.get(2).breakEven(), "no price is made up for GPUs that have none");
    }

    @Test
    void withoutUsageThereIsNothingButTheFleet() {
        var two = fleet(Optional.of("A100"), Optional.empty(), Optional.of(2L), 1);
        var before = TEN.minus(Duration.ofHours(2));
        var rows = fixture.whatIf(before, before.plus(Duration.ofHours(1)), two, "gpt").rows();

        assertRow("ledger, -, -, -, -, -, -, 0", rows.get(0));
        assertNull(rows.get(0).gpus(), "absent is not zero");
        assertNull(rows.get(0).tokens());
        assertRow("fleet, A100, 4.000000, -, 4.000000, -, -, 0", rows.get(1));
        assertRow("api, gpt, -, -, -, -, -, 0", rows.get(2));
        assertNull(rows.get(2).breakEven());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gtp       |           | as_model is gtp, expected an API model with a price at %s such as gpt; GET /prices lists them
                    embedding |           | as_model is embedding, expected an API model with a price at %s; GET /prices lists them
                              | a100 40GB | as_gpu_model is a100 40GB, expected a GPU model with a price (on_demand) at %s such as A100; GET /prices lists them
                              | ###       | as_gpu_model is ###, expected a GPU model with a price (on_demand) at %s; GET /prices lists them
                    """)
    void aNameWithoutAPriceIsRefusedWithTheNearestOne(
            @Nullable String model, @Nullable String gpuModel, String message) {
        var fleet = fleet(Optional.ofNullable(gpuModel), Optional.empty(), Optional.empty(), 1);
        var models = model == null ? new String[0] : new String[] {model};
        var to = at(30, 0);

        var refused =
                assertThrows(
                        InvalidQueryException.class, () -> fixture.whatIf(TEN, to, fleet, models));

        assertEquals(message.formatted(to), refused.getMessage());
    }

    private static Optional<Fleet> fleet(
            Optional<String> model, Optional<String> usd, Optional<Long> gpus, double speed) {
        return Optional.of(new Fleet(model, usd.map(BigDecimal::new), gpus, speed));
    }

    private static void assertRow(String expected, WhatIfReport.Row row) {
        var usd = row.usd();
        assertEquals(
                expected.replace("-,", "absent,"),
                String.join(
                        ", ",
                        row.scenario().label(),
                        row.model() == null ? "absent" : row.model(),
                        text(usd.gpus()),
                        text(usd.tokens()),
                        text(usd.total()),
                        text(usd.difference()),
                        text(usd.perMillionTokens()),
                        String.valueOf(row.unpricedTokens())));
    }

    private static void assertGpus(String expected, WhatIfReport.Row row) {
        var gpus = row.gpus();
        assertNotNull(gpus);
        assertEquals(
                expected,
                String.format(
                        Locale.ROOT,
                        "%.4f %.4f %.4f %.4f %s",
                        gpus.count(),
                        gpus.hours(),
                        gpus.unpricedHours(),
                        gpus.utilization(),
                        text(gpus.usdPerHour())));
    }

    private static void assertBreakEven(String expected, WhatIfReport.Row row) {
        var breakEven = row.breakEven();
        assertNotNull(breakEven);
        assertEquals(
                expected,
                String.format(
                        Locale.ROOT,
                        "%.0f %.4f",
                        breakEven.tokensPerHour(),
                        breakEven.utilization()));
    }

    private static CostReport.Cost row(CostReport report, String team) {
        return report.rows().stream()
                .filter(row -> team.equals(row.group().getFirst()))
                .findFirst()
                .orElseThrow()
                .cost();
    }

    private static void assertUsd(String expected, @org.jspecify.annotations.Nullable Dollars usd) {
        assertNotNull(usd);
        assertEquals(
                expected,
                "%s %s %s %s"
                        .formatted(
                                text(usd.attributed()),
                                text(usd.idle()),
                                text(usd.unknown()),
                                text(usd.total())));
    }

    private static String text(java.math.@org.jspecify.annotations.Nullable BigDecimal usd) {
        return usd == null ? "absent" : usd.toPlainString();
    }

    private static Instant at(int minute, int second) {
        return TEN.plusSeconds(minute * 60L + second);
    }

    private static Event.Builder sample(String gpu, String model, String team, int minute) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, at(minute, 0))
                .set(GpuMetric.HOST, "node-1")
                .set(GpuMetric.GPU_UUID, gpu)
                .set(GpuMetric.NAME, model)
                .set(GpuMetric.TEAM, team)
                .set(GpuMetric.UTILIZATION, 0.5)
                .set(GpuMetric.INTERVAL_S, 60.0);
    }

    private static Event.Builder usage(String gpu, String team, Instant end) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, end)
                .set(TokenUsage.REQUEST_ID, team + end)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.TEAM, team)
                .set(TokenUsage.GPU_UUID, gpu)
                .set(TokenUsage.PROMPT_TOKENS, 1000L)
                .set(TokenUsage.COMPLETION_TOKENS, 400L);
    }
}
