package gpuanalytics.bench.ledger;

import gpuanalytics.bench.question.BenchApi;
import gpuanalytics.bench.question.Stores;
import gpuanalytics.processor.ledger.Basis;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.LedgerConfig;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.ledger.MongoLedgerQueries;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.store.MongoStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Reads the exports of a day by hour and GPU again and again: prints for each how many rows it has,
 * and in how many milliseconds they were read. A process of its own, so that its heap is all that
 * it takes.
 */
public final class ExportMain {

    private static final Duration DAY = Duration.ofDays(1);

    private ExportMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var store = new MongoStore(Stores.config(arguments[0]))) {
            var prices = BenchApi.Fixed.example();
            var queries =
                    new MongoLedgerQueries(
                            store,
                            prices::book,
                            new LedgerConfig(DAY, DAY, 1),
                            prices.config().market(),
                            QueryLimits.defaults(),
                            DAY,
                            Clock.systemUTC());
            for (int run = Integer.parseInt(arguments[1]); run > 0; run--) {
                read(queries.lines(query()));
                read(queries.charges(query()));
            }
        }
    }

    private static CostQuery query() {
        var now = Instant.now();
        var hours = new Step.Fixed(Duration.ofHours(1));
        return new CostQuery(
                QueryWindow.of(now.minus(DAY), now, hours), List.of(), Map.of(), Basis.ALLOCATION);
    }

    private static <R> void read(LedgerExport<R> export) throws IOException {
        var start = Instant.now();
        var rows = new long[1];
        export.rows().forEach(_ -> rows[0]++);
        System.out.printf(
                "%,d rows in %,d ms%n", rows[0], Duration.between(start, Instant.now()).toMillis());
    }
}
