package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.query.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
