package gpuanalytics.processor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoCollection;
import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.TestStores;
import gpuanalytics.embedded.testing.TestStores.TestStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is replaced whole, on a store of a lane: several processors replace the same at once. */
@Timeout(120)
abstract class RunsContract {

    private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant NOW = FIRST.plus(Duration.ofDays(1));
    private static final String PART = "part";
    private static final int PROCESSORS = 6;
    private static final int TIMES = 100;

    private TestStore opened;
    private MongoStore store;
    private MongoCollection<Document> collection;

    abstract Lane lane();

    @BeforeEach
    void open() {
        opened = TestStores.open(lane());
        store = new MongoStore(TestStoreConfig.at(opened.url(), opened.database()));
        store.prepare();
        collection = store.database().getCollection(StoreLayout.TOKEN_DAYS);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
            opened.close();
        }
    }

    @Test
    void aLaterVersionIsNotReplacedByAnEarlierOne() {
        assertTrue(replace(FIRST, 2, "second"));
        assertFalse(replace(FIRST, 1, "first"));
        assertEquals(List.of("second"), runsOf(PART, FIRST));
        assertTrue(replace(FIRST, 2, "again"));
        assertTrue(replace(FIRST, 3, "third"));
        assertEquals(List.of("third"), runsOf(PART, FIRST));
        assertEquals(List.of("third"), runsOf(Runs.HEAD, FIRST));
    }

    /** Each time is new to all of them, so each has a race for who is first. */
    @Test
    void ofThoseThatReplaceTheSameAtOnceTheLatestStays() throws Exception {
        try (var threads = Executors.newFixedThreadPool(PROCESSORS)) {
            for (int i = 0; i < TIMES; i++) {
                var start = time(i);
                var processors = new ArrayList<Callable<Boolean>>();
                for (int number = 1; number <= PROCESSORS; number++) {
                    int version = number;
                    processors.add(() -> replace(start, version, "run " + version));
                }
                for (var done : threads.invokeAll(processors)) {
                    done.get();
                }
            }
        }

        var latest = List.of("run " + PROCESSORS);
        for (int i = 0; i < TIMES; i++) {
            assertEquals(latest, runsOf(Runs.HEAD, time(i)));
            assertEquals(latest, runsOf(PART, time(i)));
        }
    }

    private static Instant time(int number) {
        return FIRST.plus(Duration.ofHours(number));
    }

    private boolean replace(Instant start, long version, String run) {
        collection.insertOne(
                new Document(StoreLayout.ID, "%s of %s".formatted(run, start))
                        .append(StoreLayout.SCOPE, PART)
                        .append(StoreLayout.BUCKET, Date.from(start))
                        .append(Runs.RUN, run)
                        .append(StoreLayout.STORED_AT, Date.from(NOW)));
        var more = new Document(StoreLayout.STORED_AT, Date.from(NOW));
        return new Runs(collection, List.of(PART)).replace(start, version, run, more, NOW);
    }

    private List<String> runsOf(String scope, Instant start) {
        var runs = new ArrayList<String>();
        for (var found : collection.find(Runs.during(scope, start, start.plusSeconds(1)))) {
            runs.add(found.getString(Runs.RUN));
        }
        return runs;
    }
}
