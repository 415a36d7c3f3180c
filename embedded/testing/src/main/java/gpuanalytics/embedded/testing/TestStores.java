package gpuanalytics.embedded.testing;

import com.mongodb.client.MongoClients;
import gpuanalytics.embedded.EmbeddedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.mongodb.MongoDBContainer;

/** Opens a store of each lane, with an empty database of its own. */
public final class TestStores {

    private static final String IMAGE = "mongo:8.2";

    private TestStores() {}

    /**
     * A store for one test class.
     *
     * @param url where it answers
     * @param database the name of an empty database, removed at the end
     * @param onClose what ends it
     */
    public record TestStore(String url, String database, Runnable onClose)
            implements AutoCloseable {

        @Override
        public void close() {
            try (var client = MongoClients.create(url)) {
                client.getDatabase(database).drop();
            } finally {
                onClose.run();
            }
        }
    }

    /** A store of the lane; where there is none, the test is skipped and a line says so. */
    public static TestStore open(Lane lane) {
        return switch (lane) {
            case EMBEDDED -> embedded();
            case DURABLE -> durable();
            case DOCKER -> docker();
            case GIVEN -> given();
        };
    }

    private static TestStore embedded() {
        var store = EmbeddedStore.start();
        return new TestStore(store.url(), newName(), store::close);
    }

    private static TestStore durable() {
        var directory = temporaryDirectory();
        var store = EmbeddedStore.start(directory);
        return new TestStore(
                store.url(),
                newName(),
                () -> {
                    store.close();
                    delete(directory);
                });
    }

    private static TestStore docker() {
        if (!Lane.hasDocker()) {
            Lane.sayAbsent("store in Docker", "no Docker engine answers");
            Assumptions.abort("no Docker engine answers");
        }
        // The test that opened it closes it.
        @SuppressWarnings("resource")
        var container = new MongoDBContainer(IMAGE);
        container.start();
        return new TestStore(container.getConnectionString(), newName(), container::stop);
    }

    private static TestStore given() {
        var url = System.getenv("MONGO_URL");
        if (url == null || url.isEmpty()) {
            Lane.sayAbsent("store of one's own", "MONGO_URL is not set");
            Assumptions.abort("MONGO_URL is not set");
            throw new AssertionError("not reached");
        }
        try {
            // The test that opened it closes it.
            @SuppressWarnings("resource")
            var use = GivenStore.shared();
            return new TestStore(url, newName(), () -> end(use));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(GivenStore use) {
        try {
            use.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String newName() {
        return "test_" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("embedded-store");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (var found = Files.walk(directory)) {
            for (var path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
