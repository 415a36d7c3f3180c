package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bson.BsonDateTime;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/**
 * Updates of documents whose id is a text are done in a way of their own where they are simple;
 * those of any other id by the library: whatever is said to both, both come to the same.
 */
class PlainUpdateTest {

    private static final String TEXT = "text";
    private static final int NUMBER = 7;

    private static final List<String> PATHS =
            List.of("a", "b", "b.c", "b.d", "b.d.e", "s.5", "s.10", "wm.topic-a_0");

    private static final List<String> OPERATORS =
            List.of("$inc", "$min", "$max", "$set", "$setOnInsert", "$unset");

    @Test
    void aSimpleUpdateIsTheLibrarys() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var random = new Random(seed);
        var outcomes = new HashSet<String>();
        try (var store = EmbeddedStore.start(EmbeddedStore.Options.defaults());
                var client = MongoClients.create(store.url())) {
            var things = client.getDatabase("test").getCollection("things");
            things.createIndex(Indexes.ascending("a"));
            for (int round = 0; round < 4000; round++) {
                if (random.nextInt(12) == 0) {
                    things.deleteMany(new Document());
                }
                var told = "fuzz.seed=" + seed + ", round " + round;
                var guard = guard(random);
                var update = update(random);
                boolean isUpsert = random.nextInt(3) > 0;

                var plainly = outcome(things, TEXT, guard, update, isUpsert);
                var byLibrary = outcome(things, NUMBER, guard, update, isUpsert);

                assertEquals(byLibrary, plainly, told + ": " + guard + " " + update);
                assertEquals(content(things, NUMBER), content(things, TEXT), told + ": " + update);
                assertEquals(found(things, NUMBER), found(things, TEXT), told + ": " + update);
                outcomes.add(plainly.replaceFirst(" .*", ""));
            }
        }
        assertTrue(
                outcomes.containsAll(Set.of("made", "changed", "same", "missed", "refused")),
                outcomes + ", fuzz.seed=" + seed);
    }

    private static String outcome(
            MongoCollection<Document> things,
            Object id,
            Document guard,
            Document update,
            boolean isUpsert) {
        var filter = new Document("_id", id);
        filter.putAll(guard);
        try {
            var result = things.updateOne(filter, update, new UpdateOptions().upsert(isUpsert));
            if (result.getUpsertedId() != null) {
                return "made";
            }
            return result.getMatchedCount() == 0
                    ? "missed"
                    : result.getModifiedCount() == 0 ? "same" : "changed";
        } catch (MongoWriteException e) {
            return "refused " + e.getError().getCode();
        }
    }

    private static Document guard(Random random) {
        var bound = new Document(random.nextBoolean() ? "$gte" : "$gt", random.nextInt(30));
        return switch (random.nextInt(4)) {
            case 0 -> new Document("wm.topic-a_0", new Document("$not", bound));
            case 1 -> new Document("a", new Document("$lt", random.nextInt(30)));
            case 2 -> new Document("t", random.nextInt(3)); // becomes a part of what is made
            default -> new Document();
        };
    }

    private static Document update(Random random) {
        var free = new ArrayList<>(PATHS);
        var update = new Document();
        do {
            var path = free.remove(random.nextInt(free.size()));
            free.removeIf(other -> other.startsWith(path + ".") || path.startsWith(other + "."));
            var operator = OPERATORS.get(random.nextInt(20) == 0 ? 5 : random.nextInt(5));
            update.computeIfAbsent(operator, _ -> new Document());
            update.get(operator, Document.class).append(path, value(random, operator));
        } while (!free.isEmpty() && random.nextInt(3) > 0);
        return update;
    }

    private static Object value(Random random, String operator) {
        boolean isNumber = operator.equals("$inc") || random.nextInt(8) > 0;
        return switch (random.nextInt(isNumber ? 3 : 6)) {
            case 0 -> random.nextInt(30);
            case 1 -> (long) random.nextInt(30);
            case 2 -> random.nextInt(60) / 4.0;
            case 3 -> "text " + random.nextInt(3);
            case 4 -> new BsonDateTime(1_700_000_000_000L + random.nextInt(3));
            default -> new Document("c", random.nextInt(3));
        };
    }

    /** All but its id, with the names in their order and the types of values. */
    private static String content(MongoCollection<Document> things, Object id) {
        var found = things.find(new Document("_id", id)).first();
        if (found == null) {
            return "none";
        }
        found.remove("_id");
        return found.toJson();
    }

    /** Where the index of another field finds it. */
    private static Map<String, Boolean> found(MongoCollection<Document> things, Object id) {
        var found = new HashMap<String, Boolean>();
        for (int bound = 0; bound < 30; bound += 7) {
            var query = new Document("a", new Document("$gte", bound));
            found.put("from " + bound, things.find(query.append("_id", id)).first() != null);
        }
        return found;
    }
}
