package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;

class InsertionTest {

    private static final int MAX_DOCUMENT_BYTES = 16 << 20;

    /** A full batch of the largest identities, in the widest characters, is 200 MB. */
    @Test
    void asksForIdentitiesInQuestionsThatTheStoreTakes() {
        var longest = "\u20ac".repeat(2048);
        var ids = IntStream.range(0, 100_000 / 16).mapToObj(i -> "e:" + i + longest).toList();

        var questions = Insertion.questions(ids);

        assertEquals(ids, questions.stream().flatMap(List::stream).collect(Collectors.toList()));
        for (var question : questions) {
            var values = question.stream().map(BsonString::new).toList();
            var asked = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(values)));
            var bytes =
                    new RawBsonDocument(asked, new BsonDocumentCodec()).getByteBuffer().remaining();
            assertTrue(bytes < MAX_DOCUMENT_BYTES / 2, bytes + " bytes");
        }
    }

    @Test
    void asksForAnOrdinaryBatchAtOnce() {
        var ids = IntStream.range(0, 5000).mapToObj(i -> "e:" + "x".repeat(60) + i).toList();

        assertEquals(List.of(ids), Insertion.questions(ids));
    }
}
