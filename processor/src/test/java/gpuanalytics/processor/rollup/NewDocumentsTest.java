package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.StoredEvent;
import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;

class NewDocumentsTest {

    private static final String MINUTES = "token_minute";

    private final NewDocuments guess = new NewDocuments();

    @Test
    void bucketsAfterThoseOfTheirPartitionAreNew() {
        assertEquals(List.of(), made(update(60, "a", "topic_0")));

        assertEquals(
                List.of("120|a", "180|a"),
                made(
                        update(0, "a", "topic_0"),
                        update(60, "b", "topic_0"),
                        update(120, "a", "topic_0"),
                        update(180, "a", "topic_0"),
                        update(240, "a", "topic_1")));
        assertEquals(
                List.of("300|a"), made(update(180, "a", "topic_0"), update(300, "a", "topic_1")));
    }

    @Test
    void oneOfSeveralPartitionsMakesADocument() {
        made(update(0, "a", "topic_0"), update(0, "a", "topic_1"));

        assertEquals(List.of("60|a"), made(update(60, "a", "topic_0"), update(60, "a", "topic_1")));
    }

    @Test
    void whoGuessesWrongStopsForAWhile() {
        made(update(0, "a", "topic_0"));
        guess.inserted(MINUTES, 80, 10);
        assertEquals(List.of("60|a"), made(update(60, "a", "topic_0")));

        guess.inserted(MINUTES, 80, 11);

        long flushes =
                Stream.iterate(120L, bucket -> bucket + 60)
                        .takeWhile(bucket -> made(update(bucket, "a", "topic_0")).isEmpty())
                        .count();
        assertEquals(99, flushes);
    }

    private List<String> made(PendingUpdate... updates) {
        return guess.split(MINUTES, List.of(updates)).made().stream()
                .map(PendingUpdate::id)
                .toList();
    }

    private static PendingUpdate update(long bucket, String series, String source) {
        var labels =
                StoredEvent.of(
                                EventTopic.TOKEN_USAGE,
                                new RawBsonDocument(
                                        BsonDocument.parse("{ts: {$date: 0}, model: 'm'}"),
                                        new BsonDocumentCodec()))
                        .values()
                        .labels();
        var key = new RollupKey(RollupKind.TOKEN, Granularity.MINUTE, bucket, series);
        return new PendingUpdate(key, source, labels, Overflow.NONE);
    }
}
