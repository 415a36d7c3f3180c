package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoClients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Documents that are asked for in no order are shown in a way of the store's own where the
 * projection is simple; those in an order by the library: both show the same.
 */
@Timeout(120)
class PlainProjectionTest {

    private static final List<String> NAMES = List.of("_id", "a", "ab", "b", "c");
    private static final List<String> PATHS =
            List.of("_id", "a", "ab", "b", "a.b", "a.c", "b.a", "b.a.b", "c.a", "c.ab.c", "none.a");

    @Test
    void aSimpleProjectionIsTheLibrarys() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var random = new Random(seed);
        var outcomes = new HashSet<String>();
        try (var store = EmbeddedStore.start(EmbeddedStore.Options.defaults());
                var client = MongoClients.create(store.url())) {
            var things = client.getDatabase("test").getCollection("things");
            for (int i = 0; i < 300; i++) {
                things.insertOne(document(random, 0).append("_id", i));
            }
            for (int round = 0; round < 2000; round++) {
                var query = query(random);
                var fields = fields(random);
                var told = "fuzz.seed=%d: %s %s".formatted(seed, query, fields);

                var plainly = outcome(things.find(query).projection(fields));
                var byLibrary =
                        outcome(things.find(query).projection(fields).sort(new Document("_id", 1)));

                assertEquals(byLibrary, plainly, told);
                outcomes.add(
                        plainly == null ? "refused" : plainly.isEmpty() ? "nothing" : "something");
            }
        }
        assertTrue(outcomes.containsAll(Set.of("refused", "nothing", "something")), "" + outcomes);
    }

    /** Whatever the order of fields; null where it is refused. */
    private static @Nullable List<Document> outcome(FindIterable<Document> found) {
        try {
            return found.into(new ArrayList<>());
        } catch (MongoException e) {
            return null;
        }
    }

    private static Document query(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new Document();
            case 1 -> new Document("_id", random.nextInt(310));
            case 2 -> new Document("a.b", random.nextInt(3));
            case 3 -> new Document("_id", new Document("$gte", random.nextInt(310)));
            default ->
                    new Document("$or", List.of(new Document("a", 1), new Document("b.a", null)));
        };
    }

    private static Document fields(Random random) {
        var paths = new ArrayList<>(PATHS);
        Collections.shuffle(paths, random);
        var fields = new Document();
        boolean isOfHidden = random.nextInt(3) == 0;
        for (var path : paths.subList(0, random.nextInt(5))) {
            var isShown =
                    path.equals("_id")
                            ? random.nextBoolean()
                            : !isOfHidden && random.nextInt(20) > 0;
            fields.append(path, isShown ? 1 : 0);
        }
        return fields;
    }

    private static Document document(Random random, int depth) {
        var names = new ArrayList<>(NAMES.subList(1, NAMES.size()));
        Collections.shuffle(names, random);
        var document = new Document();
        for (var name : names.subList(0, random.nextInt(names.size() + 1))) {
            document.append(name, value(random, depth));
        }
        return document;
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth < 3 ? 8 : 4)) {
            case 0 -> random.nextInt(3);
            case 1 -> "text";
            case 2 -> null;
            case 3 -> 0.5;
            case 4 -> List.of(document(random, depth + 1), document(random, depth + 1));
            default -> document(random, depth + 1);
        };
    }
}
