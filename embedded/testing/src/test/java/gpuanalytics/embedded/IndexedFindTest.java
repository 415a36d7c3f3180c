package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonDateTime;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

/** Whatever documents hold, and however they change: indexes find what is found without them. */
class IndexedFindTest {

    private static final List<String> PATHS = List.of("a", "b.c", "b.d", "t");
    private static final int IDS = 40;

    @Test
    void indexesFindWhatIsFoundWithoutThem() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var random = new Random(seed);
        int hits = 0;
        try (var store = EmbeddedStore.start(EmbeddedStore.Options.defaults());
                var client = MongoClients.create(store.url())) {
            var database = client.getDatabase("test");
            var plain = database.getCollection("plain");
            var indexed = database.getCollection("indexed");
            indexed.createIndex(Indexes.ascending("a"));
            indexed.createIndex(Indexes.ascending("b.c", "t"));
            indexed.createIndex(Indexes.ascending("t", "b.d"));
            for (int round = 0; round < 3000; round++) {
                var told = "fuzz.seed=" + seed + ", round " + round;
                change(random, plain, indexed);
                var query = query(random);
                var expected = ids(plain, query);
                assertEquals(expected, ids(indexed, query), told + ": " + query.toJson());
                hits += expected.size();
            }
        }
        assertTrue(hits > 3000, hits + " documents found, fuzz.seed=" + seed);
    }

    private static void change(
            Random random, MongoCollection<Document> plain, MongoCollection<Document> indexed) {
        var id = new Document("_id", random.nextInt(IDS));
        if (random.nextInt(5) == 0) {
            plain.deleteOne(id);
            indexed.deleteOne(id);
        } else if (random.nextInt(3) == 0 && plain.countDocuments(id) > 0) {
            var update = new Document("$set", new Document("a", value(random)));
            plain.updateOne(id, update);
            indexed.updateOne(id, update);
        } else {
            var document = document(random, id.getInteger("_id"));
            plain.deleteOne(id);
            indexed.deleteOne(id);
            plain.insertOne(document);
            indexed.insertOne(document);
        }
    }

    private static Document document(Random random, int id) {
        var document = new Document("_id", id);
        maybe(random, document, "a");
        if (random.nextInt(6) == 0) {
            document.append("b", value(random));
        } else {
            var inner = new Document();
            maybe(random, inner, "c");
            maybe(random, inner, "d");
            // the library takes no two arrays in one key
            document.append("b", random.nextInt(8) == 0 ? List.of(inner) : inner);
        }
        return document.append("t", new BsonDateTime(random.nextInt(6)));
    }

    private static void maybe(Random random, Document document, String name) {
        if (random.nextInt(5) > 0) {
            document.append(name, value(random));
        }
    }

    private static Object value(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> (long) random.nextInt(6);
            case 1 -> random.nextInt(12) / 2.0;
            case 2 -> "text " + random.nextInt(4);
            case 3 -> new BsonDateTime(random.nextInt(6));
            case 4 -> random.nextBoolean();
            case 5 -> new Document("c", random.nextInt(3));
            case 6 -> new ObjectId(random.nextInt(3), 1);
            case 7 -> List.of(random.nextInt(6), random.nextInt(6));
            default -> random.nextInt(6);
        };
    }

    private static Document query(Random random) {
        var query = new Document();
        var free = new ArrayList<>(PATHS);
        do {
            var path = free.remove(random.nextInt(free.size()));
            Object bound =
                    path.equals("t")
                            ? new BsonDateTime(random.nextInt(6))
                            : random.nextInt(3) == 0
                                    ? "text " + random.nextInt(4)
                                    : random.nextInt(6);
            query.append(
                    path,
                    switch (random.nextInt(4)) {
                        case 0 -> new Document("$gte", bound);
                        case 1 -> new Document("$lt", bound);
                        default -> bound;
                    });
        } while (random.nextBoolean() && !free.isEmpty());
        return query;
    }

    private static List<Integer> ids(MongoCollection<Document> things, Document query) {
        return things.find(query)
                .projection(Projections.include("_id"))
                .sort(Sorts.ascending("_id"))
                .map(found -> found.getInteger("_id"))
                .into(new ArrayList<>());
    }
}
