package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bson.Document;
import org.junit.jupiter.api.Test;

class RollupCollectionsTest {

    @Test
    void usagesOfNoRequestAndReplacedOnesAreEventsThatMayBeMissed() {
        var rollup =
                new Document("requests", 40L)
                        .append("superseded", 3L)
                        .append("without_request", 2L);

        assertEquals(45, RollupCollections.TOKEN.events(rollup));
        assertEquals(2, RollupCollections.TOKEN.events(new Document("without_request", 2L)));
    }
}
