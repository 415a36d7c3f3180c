package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import gpuanalytics.embedded.EmbeddedStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StoreAwayIT {

    private static final RollupRetention RETENTION =
            new RollupRetention(Duration.ofDays(30), Duration.ofDays(36_500), Duration.ZERO);

    private static final TokenQuery QUERY =
            new TokenQuery(
                    Windows.covering(
                            Instant.parse("2026-01-31T10:00:00Z"),
                            Instant.parse("2026-01-31T11:00:00Z"),
                            null),
                    List.of(),
                    Map.of());

    @Test
    void aStoreThatNeverWasThereIsUnavailable() {
        try (var client = MongoClients.create("mongodb://127.0.0.1:1")) {
            assertThrows(
                    StoreUnavailableException.class,
                    () -> queries(client, Duration.ofMillis(500)).tokens(QUERY));
        }
    }

    @Test
    void aStoreThatGoesAwayIsUnavailable() {
        var store = EmbeddedStore.start();
        try (var client = MongoClients.create(store.url())) {
            assertEquals(
                    0, queries(client, Duration.ofMinutes(1)).tokens(QUERY).totals().requests());

            store.close();

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThrows(
                        StoreUnavailableException.class,
                        () -> queries(client, Duration.ofMillis(500)).tokens(QUERY));
            }
        }
    }

    @Test
    void aStoreThatIsThereAndDoesNotAnswerIsTooSlow() throws IOException {
        try (var store = EmbeddedStore.start();
                var relay = new StallingRelay(store.port());
                var client = MongoClients.create(relay.url())) {
            assertEquals(
                    0, queries(client, Duration.ofMinutes(1)).tokens(QUERY).totals().requests());

            relay.stall();

            assertThrows(
                    QueryTimeoutException.class,
                    () -> queries(client, Duration.ofMillis(500)).tokens(QUERY));
        }
    }

    private static UsageQueries queries(MongoClient client, Duration timeout) {
        var limits = new QueryLimits(Duration.ofDays(1), 100, 100, 1, timeout);
        return new MongoUsageQueries(
                client.getDatabase("usage"), RETENTION, limits, Clock.systemUTC());
    }
}
