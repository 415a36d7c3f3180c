package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.client.MongoClients;
import org.bson.Document;
import org.junit.jupiter.api.Test;

class EmbeddedStoreTest {

    @Test
    void storesWhatADriverWrites() {
        try (var store = EmbeddedStore.start();
                var client = MongoClients.create(store.url())) {
            var collection = client.getDatabase("test").getCollection("things");

            collection.insertOne(new Document("_id", "a").append("n", 1L));

            var found = collection.find(new Document("_id", "a")).first();
            assertEquals(new Document("_id", "a").append("n", 1L), found);
        }
    }
}
