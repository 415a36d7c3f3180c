package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.budget.SpendScope;
import gpuanalytics.processor.query.Step;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that say little: what they say is in the ledger, and what they do not is not made up. */
class ThinSamplesIT {

    private static final Instant START = LedgerFixture.hoursAgo(4);
    private static final Duration HOUR = Duration.ofHours(1);

    private final LedgerFixture fixture = new LedgerFixture();
    private final List<Event> events = new ArrayList<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** As servers' counters tell a generation that takes longer than their interval. */
    @Test
    void tokensOfRequestsThatHaveNotEndedClaimTheirGpu() throws InterruptedException {
        fixture.priceWith(new TestPrices().gpu("H100", "4", Instant.EPOCH).book());
        eachMinute(
                at -> {
                    events.add(sample(at, "GPU-1", null, null));
                    events.add(usage(at, 0L));
                });
        fixture.store(events);

        for (var isStored : new boolean[] {false, true}) {
            if (isStored) {
                fixture.keeper().keep();
            }
            var usd = costs().totals().usd();
            assertNotNull(usd);
            assertEquals(new BigDecimal("4.000000"), usd.attributed(), "stored: " + isStored);
            assertEquals(0, usd.idle().signum());
        }
    }

    @Test
    void thePriceThatTheGpuItselfSaysIsThatOfItsInstances() throws InterruptedException {
        fixture.priceWith(new TestPrices().gpu("H100", "4", Instant.EPOCH).book());
        eachMinute(
                at -> {
                    events.add(sample(at, "GPU-1", null, 2.5));
                    events.add(sample(at, "GPU-1", "1", null));
                    events.add(sample(at, "GPU-1", "2", null));
                });
        fixture.store(events);

        var usd = costs().totals().usd();
        assertNotNull(usd);
        assertEquals(new BigDecimal("2.500000"), usd.total());
    }

    @Test
    void whatIsSpentIsNotPricedWhereTokensNameAGpuThatNobodyKnows() throws InterruptedException {
        fixture.priceWith(new TestPrices().gpu("H100", "4", Instant.EPOCH).book());
        eachMinute(at -> events.add(usage(at, 1L)));
        fixture.store(events);

        var spent =
                new LedgerSpending(fixture.queries())
                        .totals(
                                List.of(
                                        new SpendScope(
                                                Optional.of("search"),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty())),
                                START,
                                START.plus(HOUR))
                        .getFirst();
        assertEquals(0, spent.usd().signum());
        assertFalse(spent.isPriced());
    }

    private interface Minute {
        void at(Instant at);
    }

    private static void eachMinute(Minute minute) {
        for (int number = 0; number < 60; number++) {
            minute.at(START.plus(Duration.ofMinutes(number)));
        }
    }

    private static Event sample(
            Instant at, String gpu, @Nullable String instance, @Nullable Double usdPerHour) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, at)
                .set(GpuMetric.GPU_UUID, gpu)
                .set(GpuMetric.HOST, "node-1")
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.MIG_ID, instance)
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.UTILIZATION, 0.9)
                .set(GpuMetric.PRICE_PER_HOUR_USD, usdPerHour)
                .set(GpuMetric.INTERVAL_S, 60.0)
                .build();
    }

    private static Event usage(Instant at, long requests) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, at.plusSeconds(10))
                .set(TokenUsage.EVENT_ID, "usage " + at)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.TEAM, "search")
                .set(TokenUsage.GPU_UUID, "GPU-1")
                .set(TokenUsage.REQUESTS, requests)
                .set(TokenUsage.PROMPT_TOKENS, 1000L)
                .set(TokenUsage.COMPLETION_TOKENS, 400L)
                .build();
    }

    private CostReport costs() {
        return fixture.costs(START, START.plus(HOUR), new Step.Total(), Basis.ALLOCATION);
    }
}
