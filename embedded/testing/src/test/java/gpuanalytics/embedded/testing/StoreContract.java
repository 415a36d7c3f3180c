package gpuanalytics.embedded.testing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.excludeId;
import static com.mongodb.client.model.Projections.fields;
import static com.mongodb.client.model.Projections.include;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import gpuanalytics.embedded.testing.TestStores.TestStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the pipeline asks of a store. Every store it runs on passes the same tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StoreContract {

    private static final int DUPLICATE_KEY = 11000;
    private static final int THREADS = 4;

    private TestStore store;
    private MongoClient client;
    private MongoCollection<Document> things;

    abstract Lane lane();

    @BeforeAll
    void open() {
        store = TestStores.open(lane());
        client = MongoClients.create(store.url());
        things =
                client.getDatabase(store.database())
                        .getCollection("things")
                        .withWriteConcern(WriteConcern.MAJORITY);
    }

    @BeforeEach
    void startEmpty() {
        things.drop();
    }

    @AfterAll
    void close() {
        if (client != null) {
            client.close();
            store.close();
        }
    }

    @Test
    void keepsEveryKindOfValue() {
        var thing =
                new Document("_id", "g:host/0@1.000000002")
                        .append("ts", Date.from(Instant.parse("2026-01-31T12:00:00.123Z")))
                        .append("ts_nanos", 456)
                        .append("count", Long.MAX_VALUE)
                        .append("ratio", -0.25)
                        .append("stream", true)
                        .append("name", "H100 – 80 GB")
                        .append("src", new Document("topic_id", "t").append("offset", 7L));

        things.insertOne(thing);

        assertEquals(thing, things.find().first());
    }

    @Test
    void insertsTheRestWhereSomeAreThereAlready() {
        things.insertMany(List.of(numbered(2), numbered(5)));

        var thrown =
                assertThrows(
                        MongoBulkWriteException.class,
                        () ->
                                things.insertMany(
                                        IntStream.range(0, 8)
                                                .mapToObj(StoreContract::numbered)
                                                .toList(),
                                        new InsertManyOptions().ordered(false)));

        assertEquals(8, things.countDocuments());
        assertEquals(6, thrown.getWriteResult().getInsertedCount());
        var failed = new HashSet<Integer>();
        for (var error : thrown.getWriteErrors()) {
            assertEquals(DUPLICATE_KEY, error.getCode());
            failed.add(error.getIndex());
        }
        assertEquals(Set.of(2, 5), failed);
    }

    @Test
    void refusesAGuardedUpsertBehindItsWatermark() {
        add("a", 10, 19, 1);
        add("a", 20, 29, 2);

        var thrown = assertThrows(MongoBulkWriteException.class, () -> add("a", 15, 25, 4));

        assertEquals(DUPLICATE_KEY, thrown.getWriteErrors().getFirst().getCode());
        var found = only(eq("_id", "a"));
        assertEquals(3L, found.getLong("sum"));
        assertEquals(29L, found.get("wm", Document.class).getLong("t_0"));
        assertEquals(1L, found.getLong("min"));
        assertEquals(2L, found.getLong("max"));
        assertEquals("first", found.getString("label"));
    }

    @Test
    void goesOnAfterAFailedStatementOfAnUnorderedBulk() {
        add("b", 0, 9, 1);

        var thrown =
                assertThrows(
                        MongoBulkWriteException.class,
                        () ->
                                things.bulkWrite(
                                        List.of(
                                                guarded("a", 0, 9, 5),
                                                guarded("b", 0, 9, 5),
                                                guarded("c", 0, 9, 5)),
                                        new BulkWriteOptions().ordered(false)));

        assertEquals(1, thrown.getWriteErrors().size());
        assertEquals(1, thrown.getWriteErrors().getFirst().getIndex());
        assertEquals(List.of(5L, 1L, 5L), sums());
    }

    @Test
    void appliesRacingGuardedUpsertsOnceEach() throws Exception {
        int rounds = 50;
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> writers =
                    IntStream.range(0, THREADS)
                            .mapToObj(
                                    partition ->
                                            (Callable<Void>)
                                                    () -> {
                                                        for (int i = 0; i < rounds; i++) {
                                                            addUntilApplied(partition, i);
                                                        }
                                                        return null;
                                                    })
                            .toList();
            for (var done : threads.invokeAll(writers, 60, TimeUnit.SECONDS)) {
                done.get();
            }
        }

        assertEquals((long) THREADS * rounds, only(new Document()).getLong("sum"));
    }

    @Test
    void findsARangeOfTimesInOrder() {
        things.createIndex(Indexes.ascending("gpu", "ts"));
        for (int second = 9; second >= 0; second--) {
            things.insertMany(List.of(sample("a", second), sample("b", second)));
        }

        var found =
                things.find(and(eq("gpu", "a"), gte("ts", at(3)), lt("ts", at(6))))
                        .sort(Sorts.ascending("ts"))
                        .map(Document::toJson)
                        .into(new ArrayList<>());

        assertEquals(
                List.of(sample("a", 3), sample("a", 4), sample("a", 5)).stream()
                        .map(Document::toJson)
                        .toList(),
                found);
    }

    @Test
    void findsByIndexWhatWasUpdatedAndNotWhatWasDeleted() {
        things.createIndex(Indexes.ascending("ts"));
        things.insertMany(List.of(sample("a", 1), sample("b", 2), sample("c", 3)));

        things.updateOne(eq("_id", "a@1"), Updates.set("ts", at(5)));
        things.deleteOne(eq("_id", "b@2"));

        assertEquals(List.of("a@1"), ids(things.find(gte("ts", at(4)))));
        assertEquals(List.of("c@3"), ids(things.find(lt("ts", at(4)))));
    }

    @Test
    void showsOfADocumentOnlyWhatIsAskedForWhateverItHolds() {
        var part = new Document("n", 3L).append("sum", 7L).append("bins", new Document("4", 1L));
        things.insertOne(
                new Document("_id", "whole")
                        .append("text", "t")
                        .append("at", at(5))
                        .append("part", part)
                        .append("more", List.of(1, 2))
                        .append("none", null)
                        .append("real", 0.5)
                        .append("yes", true)
                        .append("place", 2));
        things.insertOne(new Document("_id", "other").append("part", "text").append("place", 1));

        var shown = include("part.n", "part.bins", "yes", "none", "absent");
        var whole =
                new Document("_id", "whole")
                        .append("part", new Document("n", 3L).append("bins", new Document("4", 1L)))
                        .append("none", null)
                        .append("yes", true);
        assertEquals(whole, things.find(eq("text", "t")).projection(shown).first());
        assertEquals(whole, things.find(eq("part.sum", 7L)).projection(shown).first());
        assertEquals(
                List.of("other", "whole"),
                things.find(or(eq("place", 1), eq("more", 2)))
                        .sort(Sorts.ascending("place"))
                        .projection(include("_id"))
                        .map(found -> found.getString("_id"))
                        .into(new ArrayList<>()));
        assertEquals(
                new Document("part", part).append("real", 0.5),
                things.find(eq("_id", "whole"))
                        .projection(fields(include("part", "real"), excludeId()))
                        .first());
        assertEquals(
                new Document("_id", "other").append("place", 1),
                things.find(eq("_id", "other")).projection(exclude("part")).first());
    }

    @Test
    void tellsInTheOrderThatIsAskedForWhateverIndexServes() {
        things.createIndex(Indexes.ascending("ts", "gpu"));
        things.createIndex(Indexes.ascending("part", "ts"));
        var random = new Random(7);
        for (int i = 0; i < 60; i++) {
            things.insertOne(
                    new Document("_id", i)
                            .append("ts", at(random.nextInt(9)))
                            .append("gpu", "g" + random.nextInt(5))
                            .append("part", random.nextInt(2)));
        }
        var since = gte("ts", at(2));
        for (var query : List.of(since, and(eq("part", 1), since), and(eq("gpu", "g1"), since))) {
            for (var field : List.of("ts", "gpu")) {
                for (var order : List.of(Sorts.ascending(field), Sorts.descending(field))) {
                    var found =
                            things.find(query)
                                    .sort(order)
                                    .projection(include("ts", "gpu"))
                                    .into(new ArrayList<>());
                    var all = things.find(query).projection(include("ts", "gpu"));
                    var expected = all.into(new ArrayList<>());

                    assertEquals(new HashSet<>(expected), new HashSet<>(found));
                    var told = new ArrayList<String>();
                    found.forEach(one -> told.add(String.valueOf(one.get(field))));
                    var sorted = new ArrayList<>(told);
                    Collections.sort(sorted);
                    if (order.equals(Sorts.descending(field))) {
                        Collections.reverse(sorted);
                    }
                    assertEquals(sorted, told, query + " " + order);
                }
            }
        }
    }

    @Test
    void findsWhatMeetsOneOfSeveralDemands() {
        for (var indexed : List.of("ts", "before.ts", "moves.of.ts")) {
            things.createIndex(Indexes.ascending(indexed));
        }
        things.insertMany(
                List.of(
                        sample("a", 1),
                        sample("b", 5),
                        sample("c", 9).append("before", new Document("ts", at(5))),
                        sample("d", 9).append("before", new Document("ts", at(7))),
                        sample("e", 9).append("moves", List.of(moved(1), moved(5))),
                        sample("f", 9).append("moves", List.of(moved(1), moved(9))),
                        sample("g", 5).append("moves", List.of(moved(5)))));

        var demands =
                List.of(
                        second("ts", 5),
                        second("before.ts", 5),
                        Filters.elemMatch("moves", second("of.ts", 5)));

        assertEquals(List.of("b@5", "c@9", "e@9", "g@5"), ids(things.find(or(demands))));
        assertEquals(
                List.of("g@5"), ids(things.find(and(or(demands), eq("gpu", "g")))), "and one more");
        // no index serves the last of these
        assertEquals(
                List.of("a@1", "b@5", "g@5"),
                ids(things.find(or(second("ts", 5), eq("gpu", "a")))));
    }

    private static Bson second(String field, int second) {
        return and(gte(field, at(second)), lt(field, at(second + 1)));
    }

    private static Document moved(int second) {
        return new Document("of", new Document("ts", at(second)));
    }

    @Test
    void findsManyByIdAndReadsThemInBatches() {
        things.insertMany(IntStream.range(0, 5000).mapToObj(StoreContract::numbered).toList());

        assertEquals(List.of("n4", "n7"), ids(things.find(in("_id", "n7", "n4", "missing"))));
        assertEquals(5000, things.find().batchSize(700).into(new ArrayList<>()).size());
        var shown = things.find().projection(fields(include("_id"))).batchSize(700);
        assertEquals(5000, new HashSet<>(shown.into(new ArrayList<>())).size());
    }

    @Test
    void groupsWhatMatches() {
        things.createIndex(Indexes.ascending("ts"));
        for (int second = 0; second < 10; second++) {
            things.insertMany(List.of(sample("a", second), sample("b", second)));
        }

        var groups =
                things.aggregate(
                                List.of(
                                        Aggregates.match(gte("ts", at(4))),
                                        Aggregates.group(
                                                "$gpu",
                                                Accumulators.sum("n", "$n"),
                                                Accumulators.max("last", "$ts")),
                                        Aggregates.sort(Sorts.ascending("_id"))))
                        .into(new ArrayList<>());

        assertEquals(
                List.of(
                        new Document("_id", "a").append("n", 39L).append("last", at(9)),
                        new Document("_id", "b").append("n", 39L).append("last", at(9))),
                groups);
    }

    @Test
    void makesAnIndexOnceAndRefusesAnotherExpiryForIt() {
        var server = client.getDatabase("admin").runCommand(new Document("buildInfo", 1));
        if (server.containsKey("standIn")) {
            Lane.sayAbsent("expiry of an index", "this mongo image stands in for MongoDB");
            Assumptions.abort("this mongo image stands in for MongoDB");
        }
        var week = new IndexOptions().name("expiry").expireAfter(7L, TimeUnit.DAYS);
        things.createIndex(Indexes.ascending("stored_at"), week);
        things.createIndex(Indexes.ascending("stored_at"), week);

        var day = new IndexOptions().name("expiry").expireAfter(1L, TimeUnit.DAYS);
        assertThrows(
                MongoCommandException.class,
                () -> things.createIndex(Indexes.ascending("stored_at"), day));

        client.getDatabase(store.database())
                .runCommand(
                        new Document("collMod", "things")
                                .append(
                                        "index",
                                        new Document("name", "expiry")
                                                .append("expireAfterSeconds", 3600L)));
        var expiry =
                things.listIndexes().into(new ArrayList<>()).stream()
                        .filter(index -> index.getString("name").equals("expiry"))
                        .toList();
        assertEquals(1, expiry.size());
        assertEquals(3600, expiry.getFirst().get("expireAfterSeconds", Number.class).intValue());
    }

    @Test
    void refusesADocumentThatIsTooLargeAndKeepsItsNeighbours() {
        var large = new Document("_id", "large").append("text", "x".repeat(17 << 20));

        assertThrows(RuntimeException.class, () -> things.insertOne(large));
        things.insertOne(numbered(1));

        assertEquals(1, things.countDocuments());
        assertNull(things.find(eq("_id", "large")).first());
    }

    private void add(String id, long first, long last, long value) {
        things.bulkWrite(List.of(guarded(id, first, last, value)));
    }

    private static UpdateOneModel<Document> guarded(String id, long first, long last, long value) {
        return guarded(id, "wm.t_0", first, last, value);
    }

    private static UpdateOneModel<Document> guarded(
            String id, String watermark, long first, long last, long value) {
        return new UpdateOneModel<>(
                new Document("_id", id)
                        .append(watermark, new Document("$not", new Document("$gte", first))),
                Updates.combine(
                        Updates.inc("sum", value),
                        Updates.min("min", value),
                        Updates.max("max", value),
                        Updates.setOnInsert("label", "first"),
                        Updates.set(watermark, last)),
                new UpdateOptions().upsert(true));
    }

    /** As the pipeline does: a lost race for the first insert is no reason to drop the row. */
    private void addUntilApplied(int partition, int offset) {
        var watermark = "t_" + partition;
        while (true) {
            try {
                things.bulkWrite(List.of(guarded("sum", "wm." + watermark, offset, offset, 1)));
                return;
            } catch (MongoBulkWriteException e) {
                assertEquals(DUPLICATE_KEY, e.getWriteErrors().getFirst().getCode());
                var stored = only(eq("_id", "sum")).get("wm", Document.class);
                if (stored.get(watermark, -1L) >= offset) {
                    return;
                }
            }
        }
    }

    private Document only(Bson filter) {
        return Objects.requireNonNull(things.find(filter).first());
    }

    private List<Long> sums() {
        return things.find()
                .sort(Sorts.ascending("_id"))
                .map(found -> found.getLong("sum"))
                .into(new ArrayList<>());
    }

    private static Document numbered(int i) {
        return new Document("_id", "n" + i).append("n", (long) i);
    }

    private static Document sample(String gpu, int second) {
        return new Document("_id", gpu + "@" + second)
                .append("gpu", gpu)
                .append("ts", at(second))
                .append("n", (long) second);
    }

    private static Date at(int second) {
        return Date.from(Instant.parse("2026-01-31T12:00:00Z").plusSeconds(second));
    }

    private static List<String> ids(Iterable<Document> found) {
        var ids = new ArrayList<String>();
        found.forEach(document -> ids.add(document.getString("_id")));
        ids.sort(null);
        return ids;
    }
}
