package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Of a time of which nothing is left no answer says that it cost nothing. */
class ExpiredLedgerIT {

    private static final int KEPT_HOURS = 48;

    private final LedgerFixture fixture = new LedgerFixture();
    private final MongoLedgerQueries queries = fixture.queries(Duration.ofHours(KEPT_HOURS));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void everyQuestionAboutItIsRefused() {
        // the hour that begins before what is kept is the last of which nothing is
        var query = query(KEPT_HOURS + 24, KEPT_HOURS);
        var to = LedgerFixture.hoursAgo(KEPT_HOURS);
        List<Executable> questions =
                List.of(
                        () -> queries.costs(query),
                        () -> queries.costs(List.of(query)),
                        () ->
                                queries.whatIf(
                                        new WhatIfQuery(
                                                query, Optional.empty(), List.of(), Instant.now())),
                        () -> queries.waste(query),
                        () -> queries.sharing(query),
                        () -> queries.lines(query),
                        () -> queries.charges(query));
        for (var question : questions) {
            var refusal = assertThrows(InvalidQueryException.class, question);
            assertEquals("to", refusal.parameter());
            assertEquals(to.toString(), refusal.value());
            assertTrue(
                    refusal.expected().endsWith("(the ledger is kept for 2d)"), refusal.expected());
        }
    }

    @Test
    void whereSomeOfItIsLeftTheAnswerSaysThatItIsNotComplete() throws Exception {
        var partly = query(KEPT_HOURS + 24, KEPT_HOURS - 1);
        assertFalse(queries.costs(partly).coverage().complete());
        assertFalse(queries.lines(partly).coverage().complete());
        queries.lines(partly).rows().forEach(_ -> {});
        assertTrue(queries.costs(query(KEPT_HOURS - 1, 0)).coverage().complete());
    }

    /** An old trace that was replayed today. */
    @Test
    void whatIsKeptOfItAllTheSameIsTold() throws Exception {
        fixture.priceWith(new TestPrices().gpu("H100", "4", Instant.EPOCH).book());
        fixture.store(
                List.of(
                        GpuMetric.builder()
                                .set(GpuMetric.TS, LedgerFixture.hoursAgo(KEPT_HOURS + 2))
                                .set(GpuMetric.HOST, "node-1")
                                .set(GpuMetric.GPU_INDEX, 0L)
                                .set(GpuMetric.GPU_UUID, "GPU-1")
                                .set(GpuMetric.NAME, "H100")
                                .set(GpuMetric.UTILIZATION, 0.5)
                                .set(GpuMetric.INTERVAL_S, 30.0)
                                .build()));
        for (var isStored : new boolean[] {false, true}) {
            if (isStored) {
                fixture.keeper().keep();
            }
            var report = queries.costs(query(KEPT_HOURS + 24, KEPT_HOURS));
            assertTrue(report.totals().usd() != null, "stored: " + isStored);
            assertFalse(report.coverage().complete());
        }
    }

    private static CostQuery query(int from, int to) {
        var window =
                QueryWindow.of(
                        LedgerFixture.hoursAgo(from), LedgerFixture.hoursAgo(to), new Step.Total());
        return new CostQuery(window, List.of(), Map.of(), Basis.ALLOCATION);
    }
}
