package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.ledger.Charge;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.query.StoreUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exports are written while they are read: only a part of one is in memory. */
@Timeout(60)
class ExportStreamTest {

    private static final String PATH = "/exports/focus.csv";

    /** Far more rows than one part of an answer has. */
    private static final int TIMES = 200;

    private final CountDownLatch goOn = new CountDownLatch(1);

    /** All charges many times, and again after something. */
    private static LedgerExport<Charge> export(CostQuery query, LedgerExport.Source<Charge> then) {
        var some = Costs.charges(query);
        return new LedgerExport<>(
                some.coverage(),
                some.notes(),
                sink -> {
                    for (int i = 0; i < TIMES; i++) {
                        some.rows().forEach(sink);
                    }
                    then.forEach(sink);
                    some.rows().forEach(sink);
                });
    }

    private void await() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theFirstRowsArriveBeforeTheLastAreReadAndOneMoreReaderIsRefused() throws Exception {
        try (var running = new RunningApi(HttpConfigs.withExports(1))) {
            running.ledger.charges = query -> export(query, _ -> await());
            var request = running.request("GET", PATH).build();
            var answer = running.client().send(request, BodyHandlers.ofInputStream());
            try (var rows =
                    new BufferedReader(
                            new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                assertTrue(rows.readLine().startsWith("BilledCost,"));
                assertTrue(rows.readLine().contains("GPU-Hours"));
                assertEquals(503, running.get(PATH).statusCode());
                assertEquals(200, running.get("/costs").statusCode(), "questions have others");

                goOn.countDown();

                assertEquals((TIMES + 1) * Charge.Meter.values().length - 1, rows.lines().count());
            }
        }
    }

    @Test
    void oneThatBreaksOffIsNotTakenForAWholeOne() {
        try (var running = new RunningApi()) {
            running.ledger.charges =
                    query ->
                            export(
                                    query,
                                    _ -> {
                                        throw new StoreUnavailableException(
                                                "away", new IOException("connection refused"));
                                    });

            assertThrows(UncheckedIOException.class, () -> running.get(PATH));
        }
    }
}
