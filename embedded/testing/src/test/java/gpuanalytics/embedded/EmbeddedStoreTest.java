package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import gpuanalytics.embedded.EmbeddedStore.Options;
import gpuanalytics.embedded.testing.StoreProcess;
import gpuanalytics.embedded.testing.Waiting;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLS = 5;

    /** The codes of MongoDB. */
    private static final int NAMESPACE_NOT_FOUND = 26;

    private static final int INDEX_NOT_FOUND = 27;

    @Test
    void keepsEveryAcknowledgedWriteOverSigkill(@TempDir Path directory) throws Exception {
        long seed = System.nanoTime();
        System.out.println("[seed] keepsEveryAcknowledgedWriteOverSigkill: " + seed);
        var random = new Random(seed);
        var acknowledged = new AtomicInteger();

        for (int kill = 0; kill < KILLS; kill++) {
            int enough = acknowledged.get() + 3 + random.nextInt(200);
            try (var store = StoreProcess.start(directory)) {
                var writer =
                        Thread.ofPlatform()
                                .start(() -> writeUntilKilled(store.url(), acknowledged));
                Waiting.until("writes", LIMIT, () -> acknowledged.get() >= enough);
                store.kill();
                writer.join();
            }
        }

        try (var store = EmbeddedStore.start(directory);
                var client = MongoClients.create(store.url())) {
            var things = things(client);
            int kept = (int) things.countDocuments();
            // One more may have been stored and its acknowledgement lost, per kill.
            assertTrue(
                    kept >= acknowledged.get() && kept <= acknowledged.get() + KILLS,
                    () -> kept + " kept, " + acknowledged.get() + " acknowledged, seed " + seed);
            for (int i = 0; i < acknowledged.get(); i++) {
                assertNotNull(things.find(new Document("_id", i)).first(), "seed " + seed);
            }
            var sum =
                    Objects.requireNonNull(
                            client.getDatabase("test").getCollection("sums").find().first());
            assertTrue(sum.getInteger("n") >= acknowledged.get(), "seed " + seed);
        }
    }

    /** Writes a document, then counts it in a sum, and only then calls both acknowledged. */
    private static void writeUntilKilled(String url, AtomicInteger acknowledged) {
        try (var client = MongoClients.create(url + "/?serverSelectionTimeoutMS=10000")) {
            var things = things(client);
            var sums = client.getDatabase("test").getCollection("sums");
            while (true) {
                int id = acknowledged.get();
                things.replaceOne(
                        new Document("_id", id),
                        new Document("_id", id).append("text", "x".repeat(id % 2000)),
                        new com.mongodb.client.model.ReplaceOptions().upsert(true));
                sums.updateOne(
                        new Document("_id", "sum"),
                        Updates.inc("n", 1),
                        new UpdateOptions().upsert(true));
                acknowledged.incrementAndGet();
            }
        } catch (MongoException ignored) {
            // killed
        }
    }

    @Test
    void refusesADirectoryThatAnotherStoreHasOpen(@TempDir Path directory) {
        try (var store = EmbeddedStore.start(directory)) {
            assertTrue(store.port() > 0);

            var thrown =
                    assertThrows(IllegalStateException.class, () -> EmbeddedStore.start(directory));

            assertTrue(
                    String.valueOf(thrown.getMessage())
                            .startsWith("the store cannot open " + directory),
                    thrown.getMessage());
        }
    }

    @Test
    void saysThatItsPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = Options.defaults().on(taken.getLocalPort());

            var thrown =
                    assertThrows(IllegalStateException.class, () -> EmbeddedStore.start(options));

            assertEquals(
                    "port %d is taken, expected a free one for the store"
                            .formatted(taken.getLocalPort()),
                    thrown.getMessage());
        }
    }

    @Test
    void deletesWhatHasExpiredInMemory() throws Exception {
        deletesWhatHasExpired(Options.defaults());
    }

    @Test
    void deletesWhatHasExpiredOnDisk(@TempDir Path directory) throws Exception {
        deletesWhatHasExpired(Options.defaults().in(directory));
    }

    private static void deletesWhatHasExpired(Options options) throws Exception {
        try (var store = EmbeddedStore.start(options.expiring(Duration.ofMillis(50)));
                var client = MongoClients.create(store.url())) {
            var things = things(client);
            things.createIndex(
                    Indexes.ascending("stored_at"),
                    new IndexOptions().expireAfter(1L, TimeUnit.HOURS));
            var now = Instant.now();
            things.insertMany(
                    List.of(
                            new Document("_id", "old")
                                    .append("stored_at", Date.from(now.minusSeconds(3601))),
                            new Document("_id", "young").append("stored_at", Date.from(now)),
                            new Document("_id", "timeless")));

            Waiting.until("the old one to go", LIMIT, () -> things.countDocuments() == 2);

            assertEquals(List.of("timeless", "young"), ids(things));
        }
    }

    @Test
    void deletesTheOldestOfACollectionThatIsTooLarge() throws Exception {
        var options =
                Options.defaults()
                        .expiring(Duration.ofDays(1)) // the write itself keeps to the limit
                        .keeping(Map.of("things", 400_000L));
        try (var store = EmbeddedStore.start(options);
                var client = MongoClients.create(store.url())) {
            var things = things(client);
            things.createIndex(
                    Indexes.ascending("stored_at"),
                    new IndexOptions().expireAfter(1L, TimeUnit.DAYS));
            var start = Instant.now();
            things.insertMany(
                    IntStream.range(0, 3000)
                            .mapToObj(
                                    i ->
                                            new Document("_id", "%04d".formatted(i))
                                                    .append("text", "x".repeat(50))
                                                    .append(
                                                            "stored_at",
                                                            Date.from(start.plusMillis(i))))
                            .toList(),
                    new InsertManyOptions().ordered(false));

            // a document of 99 bytes, its key and its place in one index: some 400 bytes
            assertEquals(970.0, (double) things.countDocuments(), 40.0);
            var left = ids(things);
            assertEquals("2999", left.getLast());
            assertEquals(3000 - left.size(), Integer.parseInt(left.getFirst()));
        }
    }

    /** Whoever is told that there is no index, as another drops it, may make one of its own. */
    @Test
    void anIndexIsThereOrNotThoughManyMakeItAgainAtOnce() throws Exception {
        try (var store = EmbeddedStore.start(Options.defaults());
                var client = MongoClients.create(store.url());
                var threads = Executors.newFixedThreadPool(3)) {
            var things = things(client);
            for (int round = 1; round <= 100; round++) {
                var expiry = new IndexOptions().expireAfter((long) round, TimeUnit.HOURS);
                Callable<Void> makeAgain = () -> makeAgain(things, expiry);
                for (var made : threads.invokeAll(Collections.nCopies(3, makeAgain))) {
                    made.get();
                }
            }
        }
    }

    private static Void makeAgain(MongoCollection<Document> things, IndexOptions options) {
        try {
            things.dropIndex(Indexes.ascending("stored_at"));
        } catch (MongoCommandException e) {
            assertTrue(
                    Set.of(NAMESPACE_NOT_FOUND, INDEX_NOT_FOUND).contains(e.getErrorCode()),
                    e::toString);
        }
        things.createIndex(Indexes.ascending("stored_at"), options);
        return null;
    }

    private static MongoCollection<Document> things(com.mongodb.client.MongoClient client) {
        return client.getDatabase("test").getCollection("things");
    }

    private static List<String> ids(MongoCollection<Document> things) {
        var ids = new ArrayList<String>();
        things.find().forEach(thing -> ids.add(thing.getString("_id")));
        ids.sort(null);
        return ids;
    }
}
