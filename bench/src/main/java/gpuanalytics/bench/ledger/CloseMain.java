package gpuanalytics.bench.ledger;

import gpuanalytics.bench.question.Stores;
import gpuanalytics.processor.ledger.BenchLedger;
import gpuanalytics.processor.store.MongoStore;
import java.time.Duration;
import java.time.Instant;

/**
 * Closes the hours of a store again and again: prints for each time how many milliseconds it took,
 * from the claim of the hour to its swap. A process of its own, so that its heap is all that it
 * takes.
 */
public final class CloseMain {

    private CloseMain() {}

    public static void main(String[] arguments) {
        try (var store = new MongoStore(Stores.config(arguments[0]))) {
            var ledger = new BenchLedger(store);
            for (int run = Integer.parseInt(arguments[1]); run > 0; run--) {
                ledger.markAll();
                var start = Instant.now();
                long hours = ledger.keep();
                if (hours != 1) {
                    throw new IllegalStateException(hours + " hours, expected 1");
                }
                System.out.println(Duration.between(start, Instant.now()).toMillis());
            }
        }
    }
}
