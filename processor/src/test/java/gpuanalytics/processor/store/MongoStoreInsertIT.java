package gpuanalytics.processor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Command;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.io.BsonOutput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class MongoStoreInsertIT {

    private static final String COLLECTION = StoreLayout.GPU_METRICS;

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));

    @AfterEach
    void close() {
        store.close();
        faults.close();
        embedded.close();
    }

    @Test
    void documentsOfAllSizesArriveAsTheyAreHoweverManyCommandsTheyTake() {
        var documents = new ArrayList<RawBsonDocument>();
        IntStream.range(0, WriteCommand.MAX_DOCUMENTS + 5)
                .forEach(i -> documents.add(document(i, i % 300)));
        for (int i = 0; i < 4; i++) {
            documents.add(document(-1 - i, WriteCommand.MAX_BYTES / 2 - 100 + i * 1000));
        }
        documents.add(document(-5, 3 * WriteCommand.MAX_BYTES));
        documents.add(document(-6, 0));

        insert(documents);
        insert(List.of(document(-7, 1)));

        assertEquals(documents.size() + 1, store.collection(COLLECTION).countDocuments());
        for (int i : new int[] {0, 9, 10, 99, 100, 9_999, 10_000, 10_004, 10_007, 10_009, 10_010}) {
            var expected = documents.get(i);
            var id = new BsonDocument("_id", expected.get("_id"));
            assertEquals(expected, store.collection(COLLECTION).find(id).first(), "document " + i);
        }
        assertTrue(faults.writes().size() >= 4, faults.writes().size() + " commands");
    }

    @Test
    void everyDocumentButThoseThatAreThereIsInsertedAndErrorsSayWhichTheseAre() {
        insert(List.of(document(3, 0), document(10_002, 0)));
        var documents = IntStream.range(0, 10_010).mapToObj(i -> document(i, 0)).toList();

        var thrown = assertThrows(MongoBulkWriteException.class, () -> insert(documents));

        assertEquals(
                List.of(3, 10_002),
                thrown.getWriteErrors().stream().map(BulkWriteError::getIndex).toList());
        assertTrue(thrown.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate));
        assertEquals(10_008, thrown.getWriteResult().getInsertedCount());
        assertEquals(10_010, store.collection(COLLECTION).countDocuments());
    }

    @Test
    void whatNoMajorityHasIsSaidSo() {
        faults.once(MongoStoreInsertIT::isInsert, new Fault.NoMajority(64));

        var thrown =
                assertThrows(MongoBulkWriteException.class, () -> insert(List.of(document(0, 0))));

        var concern = thrown.getWriteConcernError();
        assertEquals(64, Objects.requireNonNull(concern).getCode());
        assertEquals(List.of(), thrown.getWriteErrors());
    }

    @Test
    void failuresOfSomeDocumentsHaveTheStoresCode() {
        faults.once(MongoStoreInsertIT::isInsert, new Fault.Partial(121, Set.of(1)));

        var thrown =
                assertThrows(
                        MongoBulkWriteException.class,
                        () -> insert(List.of(document(0, 0), document(1, 0))));

        var error = thrown.getWriteErrors().getFirst();
        assertEquals(1, error.getIndex());
        assertEquals(121, error.getCode());
        assertEquals(1, thrown.getWriteResult().getInsertedCount());
    }

    @Test
    void nothingIsSureWhereNoAnswerCameAndTheNextInsertIsSentAsEver() {
        for (var fault :
                List.of(
                        new Fault.AnswerLost(),
                        new Fault.RequestLost(),
                        new Fault.Refused(10107, "not primary"))) {
            faults.once(MongoStoreInsertIT::isInsert, fault);
            assertThrows(
                    MongoException.class, () -> insert(List.of(document(fault.hashCode(), 7))));
        }

        insert(List.of(document(1, 0), document(2, 0)));

        assertEquals(
                2,
                store.collection(COLLECTION)
                        .countDocuments(
                                BsonDocument.parse("{_id: {$in: ['document 1', 'document 2']}}")));
    }

    private static boolean isInsert(Command command) {
        return command.name().equals("insert");
    }

    private void insert(List<RawBsonDocument> documents) {
        store.insert(
                COLLECTION,
                new WireDocuments() {
                    @Override
                    public int size() {
                        return documents.size();
                    }

                    @Override
                    public void write(int place, BsonOutput out) {
                        var bytes = documents.get(place).getByteBuffer();
                        out.writeBytes(bytes.array(), bytes.position(), bytes.remaining());
                    }
                });
    }

    private static RawBsonDocument document(int number, int bytes) {
        return new RawBsonDocument(
                new BsonDocument("_id", new BsonString("document " + number))
                        .append("bytes", new BsonBinary(new byte[bytes])),
                new BsonDocumentCodec());
    }
}
