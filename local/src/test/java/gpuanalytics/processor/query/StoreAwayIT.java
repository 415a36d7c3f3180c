package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClients;
import gpuanalytics.local.EmbeddedStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StoreAwayIT {

    private static final QueryLimits LIMITS =
            new QueryLimits(Duration.ofDays(1), 100, 100, 1, Duration.ofMillis(500));

    @Test
    @Timeout(60)
    void aQuestionToAStoreThatIsAwayEndsWithinItsTime() {
        try (var store = EmbeddedStore.start();
                var client = MongoClients.create(store.url())) {
            var queries =
                    new MongoUsageQueries(client.getDatabase("gone"), LIMITS, Clock.systemUTC());
            var from = Instant.parse("2026-01-31T10:00:00Z");
            var query =
                    new TokenQuery(
                            QueryWindow.covering(from, from.plusSeconds(60), null),
                            List.of(),
                            Map.of());
            var there = queries.tokens(query);
            assertTrue(there.totals().requests() == 0);

            store.close();

            var failure = assertThrows(RuntimeException.class, () -> queries.tokens(query));
            assertTrue(
                    failure instanceof StoreUnavailableException
                            || failure instanceof QueryTimeoutException,
                    failure.toString());
            var again = assertThrows(RuntimeException.class, () -> queries.tokens(query));
            System.out.println("first " + failure + " then " + again);
        }
    }
}
