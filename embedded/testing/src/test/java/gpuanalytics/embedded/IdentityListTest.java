package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A list of identities is looked up, and what is found is not compared with the list again: it
 * tells what comparing each document with each of the list tells.
 */
@Timeout(120)
class IdentityListTest {

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private Object identity() {
        int number = random.nextInt(40);
        return switch (random.nextInt(7)) {
            case 0 -> (long) number;
            case 1 -> (double) number;
            case 2 -> new Decimal128(number);
            case 3 -> "id-" + number;
            case 4 -> new Document("a", number % 5).append("b", "x");
            case 5 -> random.nextBoolean();
            default -> number;
        };
    }

    private Document query() {
        var listed = new ArrayList<Object>();
        for (int count = random.nextInt(30); count > 0; count--) {
            listed.add(identity());
        }
        var demand = new Document("$in", listed);
        if (random.nextInt(4) == 0) {
            demand.append("$gt", identity());
        }
        var query = new Document("_id", demand);
        if (random.nextBoolean()) {
            query.append("n", random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            query.append("$or", List.of(new Document("n", 1), new Document("_id", identity())));
        }
        return query;
    }

    /** Each demand of its own, which is not looked up and then left out. */
    private static Document compared(Document query) {
        var parts = new ArrayList<Document>();
        query.forEach((field, demand) -> parts.add(new Document(field, demand)));
        return new Document("$and", parts);
    }

    private List<Document> found(MongoCollection<Document> things, Document query) {
        return things.find(query)
                .sort(new Document("n", 1).append("number", 1))
                .into(new ArrayList<>());
    }

    @Test
    void tellsWhatComparingTells() {
        System.out.println("fuzz.seed=" + seed);
        var sizes = new HashSet<Integer>();
        try (var store = EmbeddedStore.start(EmbeddedStore.Options.defaults());
                var client = MongoClients.create(store.url())) {
            var things = client.getDatabase("test").getCollection("things");
            var known = new HashSet<String>();
            for (int number = 0; number < 100; number++) {
                var id = identity();
                // numbers of different types are one identity
                var name = id instanceof Number some ? "" + some.intValue() : id.toString();
                if (known.add(name)) {
                    things.insertOne(
                            new Document("_id", id)
                                    .append("n", random.nextInt(3))
                                    .append("number", number));
                }
            }
            for (int round = 0; round < 500; round++) {
                var query = query();
                var told = "fuzz.seed=%d: %s".formatted(seed, query);
                var looked = found(things, query);
                assertEquals(found(things, compared(query)), looked, told);
                var shown =
                        things.find(query).projection(new Document("n", 1)).into(new ArrayList<>());
                assertEquals(looked.size(), shown.size(), told);
                assertEquals(looked.size(), things.countDocuments(query), told);
                sizes.add(Math.min(looked.size(), 3));
            }
        }
        assertTrue(sizes.containsAll(List.of(0, 1, 2, 3)), "" + sizes);
    }
}
