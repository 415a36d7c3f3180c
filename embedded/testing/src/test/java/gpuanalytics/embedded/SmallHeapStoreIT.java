package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import gpuanalytics.embedded.testing.StoreProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A durable store with less heap than what is written to it. */
class SmallHeapStoreIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What each of its documents changes is a page: some 40 MB, written at once. */
    private static final int DOCUMENTS_OF_A_COMMAND = 5000;

    private static final int COMMANDS = 8;
    private static final int HEAP_MEBIBYTES = 48;

    @Test
    void takesCommandsThatChangeMoreThanItsHeapHasRoomFor(@TempDir Path directory)
            throws Exception {
        long seed = System.nanoTime();
        System.out.println("[seed] takesCommandsThatChangeMoreThanItsHeapHasRoomFor: " + seed);
        var random = new Random(seed);
        try (var store = StoreProcess.start(directory, Ports.free(), HEAP_MEBIBYTES);
                var client = MongoClients.create(store.url())) {
            var things = client.getDatabase("test").getCollection("things");
            for (int i = 0; i < COMMANDS; i++) {
                insert(things, random, DOCUMENTS_OF_A_COMMAND);
            }

            assertEquals(COMMANDS * (long) DOCUMENTS_OF_A_COMMAND, things.countDocuments());
            assertEquals(
                    COMMANDS * (long) DOCUMENTS_OF_A_COMMAND,
                    things.deleteMany(new Document()).getDeletedCount());
            assertEquals(0, things.countDocuments());
        }
    }

    @Test
    void endsWithOneLineWhenThereIsNoRoomForAWrite(@TempDir Path directory) throws Exception {
        try (var store = StoreProcess.start(directory, Ports.free(), HEAP_MEBIBYTES);
                var client = MongoClients.create(store.url() + "/?serverSelectionTimeoutMS=2000")) {
            var things = client.getDatabase("test").getCollection("things");
            var large = "x".repeat(15 << 20);

            assertThrows(MongoException.class, () -> things.insertOne(new Document("text", large)));

            assertEquals(1, store.awaitExit(LIMIT), () -> store.output().toString());
            assertEquals(
                    1,
                    store.output().stream()
                            .filter(
                                    line ->
                                            line.startsWith(
                                                    "the store cannot go on with a heap of "))
                            .count(),
                    () -> store.output().toString());
        }
    }

    private static void insert(MongoCollection<Document> things, Random random, int count) {
        var documents = Stream.generate(() -> thing(random)).limit(count).toList();
        things.insertMany(documents, new InsertManyOptions().ordered(false));
    }

    private static Document thing(Random random) {
        return new Document("_id", "%016x".formatted(random.nextLong()))
                .append("text", "x".repeat(500));
    }
}
