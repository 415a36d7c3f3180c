package gpuanalytics.processor.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Refused;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Inserts events under their identity, so that each is there once whatever is repeated.
 *
 * <p>Unordered inserts that wait for a majority. A row that is there already is judged by where the
 * stored one came from; one that failed for now is tried again alone; nothing is given up for an
 * outage. Any thread may write.
 */
public final class MongoEventWriter implements EventWriter {

    private static final int MAX_DOCUMENT_BYTES = 16 << 20;
    private static final InsertManyOptions UNORDERED = new InsertManyOptions().ordered(false);

    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;

    public MongoEventWriter(MongoStore store, StoreRetry retry, ProcessorMetrics metrics) {
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
    }

    @Override
    public List<Outcome> write(List<Row> rows) throws InterruptedException {
        var outcomes = new Outcome[rows.size()];
        for (var entry : byCollection(rows).entrySet()) {
            new Insertion(entry.getKey(), rows, outcomes).run(entry.getValue());
        }
        return Arrays.asList(outcomes);
    }

    /** The indexes of the rows of each collection. */
    private static Map<String, List<Integer>> byCollection(List<Row> rows) {
        var byKind = new EnumMap<EventTopic, List<Integer>>(EventTopic.class);
        for (int i = 0; i < rows.size(); i++) {
            byKind.computeIfAbsent(rows.get(i).record().partition().kind(), _ -> new ArrayList<>())
                    .add(i);
        }
        var byCollection = new HashMap<String, List<Integer>>();
        byKind.forEach((kind, indexes) -> byCollection.put(collectionOf(kind), indexes));
        return byCollection;
    }

    /** The raw collection of a kind of event. */
    public static String collectionOf(EventTopic kind) {
        return switch (kind) {
            case GPU_METRICS -> StoreLayout.GPU_METRICS;
            case TOKEN_USAGE -> StoreLayout.TOKEN_USAGE;
        };
    }

    /** The insertion of some rows into one collection, until the fate of each is sure. */
    private final class Insertion {

        private final String collection;
        private final String what;
        private final List<Row> rows;
        private final @Nullable Outcome[] outcomes;

        /** An attempt ended without an answer: what is there now may be from us. */
        private boolean unsure;

        Insertion(String collection, List<Row> rows, @Nullable Outcome[] outcomes) {
            this.collection = collection;
            this.what = "insert into " + collection;
            this.rows = rows;
            this.outcomes = outcomes;
        }

        void run(List<Integer> indexes) throws InterruptedException {
            var pending = withoutTooLarge(indexes);
            for (int attempt = 1; !pending.isEmpty(); attempt++) {
                // Two inserts under way may share identities: in one order neither of them holds
                // what the other waits for, as it would on a server that locks row by row.
                pending.sort(Comparator.comparing(index -> rows.get(index).id()));
                try {
                    pending = insert(pending);
                } catch (MongoBulkWriteException e) {
                    pending = sortOut(pending, e, attempt);
                } catch (MongoException e) {
                    unsure = true;
                    retry.pauseAfter(what, attempt, e);
                }
            }
            retry.succeeded(what);
        }

        private List<Integer> withoutTooLarge(List<Integer> indexes) {
            var fitting = new ArrayList<Integer>(indexes.size());
            for (var index : indexes) {
                int bytes = rows.get(index).document().getByteBuffer().remaining();
                if (bytes <= MAX_DOCUMENT_BYTES) {
                    fitting.add(index);
                    continue;
                }
                outcomes[index] =
                        new Refused(
                                RejectReason.TOO_LARGE,
                                "document is %d bytes, expected at most %d"
                                        .formatted(bytes, MAX_DOCUMENT_BYTES));
            }
            return fitting;
        }

        private List<Integer> insert(List<Integer> pending) {
            var documents = pending.stream().map(index -> rows.get(index).document()).toList();
            store.collection(collection).insertMany(documents, UNORDERED);
            metrics.mongoWritten(collection, documents.size());
            pending.forEach(index -> outcomes[index] = new Stored(rows.get(index).overflow()));
            return List.of();
        }

        /** Notes what is sure after a partly failed insert; returns what must be tried again. */
        private List<Integer> sortOut(
                List<Integer> pending, MongoBulkWriteException failure, int attempt)
                throws InterruptedException {
            var errors = new HashMap<Integer, BulkWriteError>();
            failure.getWriteErrors().forEach(error -> errors.put(error.getIndex(), error));
            // Without the majority's word nothing is sure: neither an insert nor a duplicate.
            var acknowledged = failure.getWriteConcernError() == null;
            unsure |= !acknowledged;
            var again = new ArrayList<Integer>();
            var duplicates = new ArrayList<Integer>();
            var failed = !acknowledged;
            for (int i = 0; i < pending.size(); i++) {
                var index = pending.get(i);
                var error = errors.get(i);
                if (error != null
                        && (StoreErrors.isTooLarge(error) || StoreErrors.isInvalid(error))) {
                    outcomes[index] = refused(error);
                } else if (!acknowledged) {
                    again.add(index);
                } else if (error == null) {
                    outcomes[index] = new Stored(rows.get(index).overflow());
                } else if (StoreErrors.isDuplicate(error)) {
                    duplicates.add(index);
                } else {
                    failed = true;
                    again.add(index);
                }
            }
            metrics.mongoWritten(collection, failure.getWriteResult().getInsertedCount());
            again.addAll(judge(duplicates, attempt));
            if (failed) {
                retry.pauseAfter(what, attempt, firstPassing(failure));
            }
            return again;
        }

        private static Exception firstPassing(MongoBulkWriteException failure) {
            var concern = failure.getWriteConcernError();
            if (concern != null) {
                return new MongoException(concern.getCode(), concern.getMessage());
            }
            return failure.getWriteErrors().stream()
                    .filter(error -> !StoreErrors.isDuplicate(error))
                    .findFirst()
                    .<Exception>map(
                            error -> new MongoException(error.getCode(), error.getMessage()))
                    .orElse(failure);
        }

        private static Refused refused(BulkWriteError error) {
            var reason =
                    StoreErrors.isTooLarge(error)
                            ? RejectReason.TOO_LARGE
                            : RejectReason.OUT_OF_RANGE;
            return new Refused(
                    reason,
                    "the store refused it: %d %s".formatted(error.getCode(), error.getMessage()));
        }

        /** Compares where the stored ones are from; returns those that are no longer there. */
        private List<Integer> judge(List<Integer> duplicates, int attempt)
                throws InterruptedException {
            if (duplicates.isEmpty()) {
                return List.of();
            }
            Map<String, RawBsonDocument> stored;
            try {
                stored = stored(duplicates);
            } catch (MongoException e) {
                retry.pauseAfter(what, attempt, e);
                return duplicates;
            }
            var again = new ArrayList<Integer>();
            for (var index : duplicates) {
                var found = stored.get(rows.get(index).id());
                if (found == null) {
                    again.add(index); // expired between the insert and the read
                } else {
                    outcomes[index] = judge(rows.get(index), found);
                }
            }
            compareOne(duplicates.getFirst());
            return again;
        }

        private Outcome judge(Row row, BsonDocument found) {
            if (!sameSource(found.getDocument(StoreLayout.SRC), row.record().position())) {
                return new Repeated();
            }
            var overflow = found.containsKey(StoreLayout.OVERFLOW);
            return unsure ? new Stored(overflow) : new Redelivered(overflow);
        }

        private Map<String, RawBsonDocument> stored(List<Integer> indexes) {
            var ids = indexes.stream().map(index -> rows.get(index).id()).distinct().toList();
            var found = new HashMap<String, RawBsonDocument>();
            store.collection(collection)
                    .find(Filters.in(StoreLayout.ID, ids))
                    .projection(Projections.include(StoreLayout.SRC, StoreLayout.OVERFLOW))
                    .forEach(
                            document ->
                                    found.put(
                                            document.getString(StoreLayout.ID).getValue(),
                                            document));
            return found;
        }

        /** A sample of redelivered rows is compared whole: it must be the same event. */
        private void compareOne(int index) {
            if (!(outcomes[index] instanceof Redelivered)) {
                return;
            }
            var row = rows.get(index);
            try {
                var found =
                        store.collection(collection)
                                .find(Filters.eq(StoreLayout.ID, row.id()))
                                .first();
                if (found != null && !sameEvent(found, row.document())) {
                    metrics.mismatched();
                }
            } catch (MongoException ignored) {
                // only a sample: the next one is compared
            }
        }
    }

    private static boolean sameSource(BsonDocument src, Position position) {
        return src.getString(StoreLayout.SRC_TOPIC_ID).getValue().equals(position.topicId())
                && src.getNumber(StoreLayout.SRC_PARTITION).intValue() == position.partition()
                && src.getNumber(StoreLayout.SRC_OFFSET).longValue() == position.offset();
    }

    private static boolean sameEvent(BsonDocument stored, BsonDocument read) {
        return comparable(stored).equals(comparable(read));
    }

    private static BsonDocument comparable(BsonDocument document) {
        var copy = new BsonDocument();
        document.forEach(copy::put);
        copy.remove(StoreLayout.STORED_AT);
        copy.remove(StoreLayout.OVERFLOW);
        return copy;
    }
}
