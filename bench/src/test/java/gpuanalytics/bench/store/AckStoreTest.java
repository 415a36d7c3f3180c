package gpuanalytics.bench.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AckStoreTest {

    /** A document that has an identity of 32 bits and no more. */
    private static final int ID_BYTES = 14;

    private AckStore store;
    private MongoClient client;
    private MongoDatabase database;

    @BeforeEach
    void start() throws IOException {
        store = AckStore.start();
        client =
                MongoClients.create(
                        "mongodb://127.0.0.1:%d/?replicaSet=rs0".formatted(store.port()));
        database = client.getDatabase("bench");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        store.close();
    }

    @Test
    void countsEveryDocumentOfAnInsert() {
        var documents = IntStream.range(0, 5000).mapToObj(n -> new Document("_id", n)).toList();
        var result =
                database.getCollection("gpu_metrics")
                        .insertMany(documents, new InsertManyOptions().ordered(false));
        assertTrue(result.wasAcknowledged());
        var counts = store.counts(false);
        assertEquals(5000, counts.rawDocuments());
        var writes = Objects.requireNonNull(counts.writes().get("insert gpu_metrics"));
        assertEquals(1, writes.commands());
        assertEquals(5000, writes.documents());
        long own = writes.bytes() - 5000L * ID_BYTES; // the command itself
        assertTrue(own > 0 && own < 1000, () -> own + " bytes beside the documents");
        assertTrue(counts.lastRawNanos() >= counts.firstRawNanos());
    }

    /** What stands before a store counts what that one takes, and says what that one says. */
    @Test
    void countsWhatAnotherStoreAnswers() throws IOException {
        var behind = new InetSocketAddress(InetAddress.getLoopbackAddress(), store.port());
        try (var before = AckStore.before(behind);
                var through =
                        MongoClients.create(
                                "mongodb://127.0.0.1:%d/?directConnection=true"
                                        .formatted(before.port()))) {
            var collection = through.getDatabase("bench").getCollection("gpu_metrics");
            for (int call = 0; call < 3; call++) {
                var documents =
                        IntStream.range(0, 2000).mapToObj(n -> new Document("n", n)).toList();
                assertTrue(collection.insertMany(documents).wasAcknowledged());
            }
            assertThrows(
                    MongoCommandException.class,
                    () -> through.getDatabase("bench").runCommand(new Document("noSuch", 1)));
            assertNull(collection.find().first());
            assertEquals(6000, before.counts(false).rawDocuments());
            assertEquals(store.counts(false).writes(), before.counts(false).writes());
            assertEquals(List.of("noSuch"), store.counts(false).unknown());
        }
    }

    @Test
    void countsAndTimesDocumentsInsideACommandAsThoseBesideIt() {
        store.sampleEvery(2);
        var documents =
                IntStream.range(0, 500)
                        .mapToObj(
                                n -> new Document("_id", n).append("ts", Date.from(Instant.now())))
                        .toList();
        var answer =
                database.runCommand(
                        new Document("insert", "gpu_metrics")
                                .append("ordered", false)
                                .append("documents", documents));
        assertEquals(500, answer.getInteger("n"));
        var counts = store.counts(true);
        assertEquals(500, counts.rawDocuments());
        assertEquals(250, counts.latencyMicros().size());
    }

    @Test
    void acknowledgesUpsertsAndDoesNotTakeRollupsForRawDocuments() {
        var updates =
                IntStream.range(0, 700)
                        .mapToObj(
                                n ->
                                        new UpdateOneModel<Document>(
                                                Filters.eq("_id", n),
                                                Updates.inc("n", 1),
                                                new UpdateOptions().upsert(true)))
                        .toList();
        var result =
                database.getCollection("gpu_minute")
                        .bulkWrite(updates, new BulkWriteOptions().ordered(false));
        assertEquals(700, result.getMatchedCount());
        var counts = store.counts(false);
        assertEquals(0, counts.rawDocuments());
        assertEquals(700, counts.documents());
    }

    @Test
    void takesTheConnectorsReplacementsForRawDocuments() {
        database.getCollection("raw")
                .bulkWrite(
                        List.of(
                                new ReplaceOneModel<>(
                                        Filters.eq("_id", 1),
                                        new Document("a", 1),
                                        new ReplaceOptions().upsert(true))));
        assertEquals(1, store.counts(false).rawDocuments());
    }

    @Test
    void hasNothingToReadAndTakesIndexes() {
        var collection = database.getCollection("token_hour");
        assertNull(collection.find(Filters.eq("_id", 1)).first());
        assertEquals("a_1", collection.createIndex(Indexes.ascending("a")));
    }

    @Test
    void findsTheNamesOfGpusAgainAndMakesEachOnce() {
        var names = database.getCollection("gpu_names");
        var first = names.bulkWrite(List.of(name("a", 1), name("b", 2)));
        assertEquals(
                List.of(0, 1), first.getUpserts().stream().map(made -> made.getIndex()).toList());
        var second = names.bulkWrite(List.of(name("b", 5), name("c", 3)));
        assertEquals(
                List.of(1), second.getUpserts().stream().map(made -> made.getIndex()).toList());
        assertEquals(1, second.getMatchedCount());
        assertEquals(3, names.estimatedDocumentCount());
        var newest = names.find().sort(Sorts.descending("stored_at")).limit(2);
        assertEquals(
                List.of("b", "c"),
                newest.map(found -> found.getString("_id")).into(new ArrayList<>()));
        var since = names.find(Filters.gte("stored_at", at(5))).first();
        assertNotNull(since);
        assertEquals("made by b", since.getString("name"));
        store.reset();
        assertNull(names.find().first());
    }

    private static Date at(long millis) {
        return Date.from(Instant.ofEpochMilli(millis));
    }

    private static UpdateOneModel<Document> name(String id, long storedAt) {
        return new UpdateOneModel<>(
                Filters.eq("_id", id),
                Updates.combine(
                        Updates.setOnInsert("name", "made by " + id),
                        Updates.max("stored_at", at(storedAt))),
                new UpdateOptions().upsert(true));
    }

    @Test
    void refusesAndNamesACommandThatItDoesNotKnow() {
        var failure =
                assertThrows(
                        MongoCommandException.class,
                        () -> database.runCommand(new Document("mapReduce", "x")));
        assertEquals(59, failure.getErrorCode());
        assertEquals(List.of("mapReduce"), store.counts(false).unknown());
    }

    @Test
    void timesEventsByTheirOwnTimeAsDateOrText() {
        store.sampleEvery(1);
        var aMinuteAgo = Instant.now().minusSeconds(60);
        database.getCollection("gpu_metrics").insertOne(new Document("ts", Date.from(aMinuteAgo)));
        database.getCollection("raw").insertOne(new Document("ts", aMinuteAgo.toString()));
        database.getCollection("raw")
                .replaceOne(
                        Filters.eq("_id", 1),
                        new Document("ts", aMinuteAgo.toString()),
                        new ReplaceOptions().upsert(true));
        var ages = store.counts(true).latencyMicros();
        assertEquals(3, ages.size());
        assertTrue(ages.getFirst() >= 60_000_000, ages.toString());
    }

    @Test
    void aWriteTakesAtLeastTheDelay() {
        store.delay(Duration.ofMillis(30));
        long began = System.nanoTime();
        database.getCollection("raw").insertOne(new Document("a", 1));
        assertTrue(System.nanoTime() - began >= 30_000_000);
    }

    @Test
    void forgetsWhenItIsSetBack() {
        database.getCollection("raw").insertOne(new Document("a", 1));
        store.reset();
        assertEquals(0, store.counts(false).documents());
        assertEquals(0, store.counts(false).firstRawNanos());
    }
}
