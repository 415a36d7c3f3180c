package gpuanalytics.processor.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.WireDocuments;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.io.BsonOutput;
import org.jspecify.annotations.Nullable;

/** The insertion of some rows into one collection, until the fate of each is sure. */
final class Insertion {

    /** Where a stored document came from. */
    private static final Bson SOURCE = Projections.include(StoreLayout.SRC);

    private static final int MAX_DOCUMENT_BYTES = 16 << 20;

    /** A question is a document too: so many bytes of identities leave room for all else. */
    private static final int MAX_ASKED_BYTES = 4 << 20;

    /** What an identity takes in a question beside its characters. */
    private static final int IDENTITY_BYTES = 16;

    private static final int MAX_BYTES_PER_CHAR = 3;

    /** A row and its place in the batch. */
    record Pending(int index, Row row) {}

    private record Documents(List<Pending> pending) implements WireDocuments {

        @Override
        public int size() {
            return pending.size();
        }

        @Override
        public void write(int place, BsonOutput out) {
            pending.get(place).row.writeDocument(out);
        }
    }

    private final String collection;
    private final String what;
    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final LaterWords later;
    private final @Nullable Outcome[] outcomes;

    /** An attempt ended without an answer: what is there now may be from us. */
    private boolean unsure;

    /**
     * @param outcomes where the fate of each row is noted, at its place in the batch
     */
    Insertion(
            String collection,
            MongoStore store,
            IdentityRules rules,
            StoreRetry retry,
            ProcessorMetrics metrics,
            @Nullable Outcome[] outcomes) {
        this.collection = collection;
        this.what = "insert into " + collection;
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
        this.outcomes = outcomes;
        this.later =
                new LaterWords(
                        collection, store.collection(collection), rules, retry, metrics, outcomes);
    }

    void run(List<Pending> rows) throws InterruptedException {
        var pending = withoutTooLarge(rows);
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            // Two inserts under way may share identities: in one order neither of them holds
            // what the other waits for, as it would on a server that locks row by row.
            pending = IdentityOrder.sorted(pending);
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

    private List<Pending> withoutTooLarge(List<Pending> rows) {
        if (rows.stream().allMatch(each -> each.row.documentBytes() <= MAX_DOCUMENT_BYTES)) {
            return rows;
        }
        var fitting = new ArrayList<Pending>(rows.size());
        for (var pending : rows) {
            int bytes = pending.row.documentBytes();
            if (bytes <= MAX_DOCUMENT_BYTES) {
                fitting.add(pending);
                continue;
            }
            outcomes[pending.index] =
                    new Rejected(
                            RejectReason.TOO_LARGE,
                            "document is %d bytes, expected at most %d"
                                    .formatted(bytes, MAX_DOCUMENT_BYTES));
        }
        return fitting;
    }

    private List<Pending> insert(List<Pending> pending) {
        store.insert(collection, new Documents(pending));
        metrics.mongoWritten(collection, pending.size());
        pending.forEach(this::noteStored);
        return List.of();
    }

    private void noteStored(Pending pending) {
        outcomes[pending.index] = new Stored(CountedRow.of(pending.row));
    }

    /** Notes what is sure after a partly failed insert; returns what must be tried again. */
    private List<Pending> sortOut(
            List<Pending> pending, MongoBulkWriteException failure, int attempt)
            throws InterruptedException {
        var errors = new HashMap<Integer, BulkWriteError>();
        failure.getWriteErrors().forEach(error -> errors.put(error.getIndex(), error));
        // Without the majority's word nothing is sure: neither an insert nor a duplicate.
        var acknowledged = failure.getWriteConcernError() == null;
        unsure |= !acknowledged;
        var again = new ArrayList<Pending>();
        var duplicates = new ArrayList<Pending>();
        var failed = !acknowledged;
        for (int i = 0; i < pending.size(); i++) {
            var each = pending.get(i);
            var error = errors.get(i);
            if (error != null && (StoreErrors.isTooLarge(error) || StoreErrors.isInvalid(error))) {
                outcomes[each.index] = rejected(error);
            } else if (!acknowledged) {
                again.add(each);
            } else if (error == null) {
                noteStored(each);
            } else if (StoreErrors.isDuplicate(error)) {
                duplicates.add(each);
            } else {
                failed = true;
                again.add(each);
            }
        }
        metrics.mongoWritten(collection, failure.getWriteResult().getInsertedCount());
        again.addAll(judge(duplicates, attempt));
        if (failed) {
            retry.pauseAfter(what, attempt, StoreErrors.firstPassing(failure));
        }
        return again;
    }

    static Rejected rejected(BulkWriteError error) {
        var reason =
                StoreErrors.isTooLarge(error) ? RejectReason.TOO_LARGE : RejectReason.OUT_OF_RANGE;
        return new Rejected(
                reason,
                "the store refused it: %d %s".formatted(error.getCode(), error.getMessage()));
    }

    /**
     * Compares where the stored ones are from, and hands on what other records have brought;
     * returns those that are no longer there.
     */
    private List<Pending> judge(List<Pending> duplicates, int attempt) throws InterruptedException {
        if (duplicates.isEmpty()) {
            return List.of();
        }
        var again = new ArrayList<Pending>();
        var own = new ArrayList<Pending>();
        var others = new ArrayList<Pending>();
        try {
            var sources = read(duplicates, SOURCE);
            for (var each : duplicates) {
                var found = sources.get(each.row.id());
                if (found == null) {
                    again.add(each); // expired between the insert and the read
                } else {
                    (sameSource(found, each.row) ? own : others).add(each);
                }
            }
            again.addAll(noteOwn(own));
        } catch (MongoException e) {
            retry.pauseAfter(what, attempt, e);
            return duplicates;
        }
        if (!others.isEmpty()) {
            again.addAll(later.run(others, unsure));
        }
        return again;
    }

    /**
     * Notes rows that are stored from their very records: they count as their whole documents say,
     * whatever would be read or decided now. Returns those that are no longer there.
     */
    private List<Pending> noteOwn(List<Pending> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var gone = new ArrayList<Pending>();
        var documents = read(rows, null);
        for (var each : rows) {
            var found = documents.get(each.row.id());
            if (found == null) {
                gone.add(each);
                continue;
            }
            var counted = CountedRow.of(each.row, found);
            outcomes[each.index] = unsure ? new Stored(counted) : new Redelivered(counted);
        }
        compare(rows.getFirst(), documents);
        return gone;
    }

    /** A sample of redelivered rows is compared: it must be the same event. */
    private void compare(Pending pending, Map<String, RawBsonDocument> stored) {
        var found = stored.get(pending.row.id());
        if (!unsure
                && found != null
                && !Content.same(pending.row.values().topic(), found, pending.row.document())) {
            metrics.mismatched();
        }
    }

    private Map<String, RawBsonDocument> read(List<Pending> rows, @Nullable Bson fields) {
        var found = new HashMap<String, RawBsonDocument>();
        for (var ids : questions(rows.stream().map(each -> each.row.id()).distinct().toList())) {
            store.collection(collection)
                    .find(Filters.in(StoreLayout.ID, ids))
                    .projection(fields)
                    .forEach(
                            document ->
                                    found.put(
                                            document.getString(StoreLayout.ID).getValue(),
                                            document));
        }
        return found;
    }

    /** Identities in groups that each fit into one question, in their order. */
    static List<List<String>> questions(List<String> ids) {
        var questions = new ArrayList<List<String>>();
        var bytes = MAX_ASKED_BYTES;
        for (var id : ids) {
            var own = IDENTITY_BYTES + MAX_BYTES_PER_CHAR * id.length();
            if (bytes + own > MAX_ASKED_BYTES) {
                questions.add(new ArrayList<>());
                bytes = 0;
            }
            questions.getLast().add(id);
            bytes += own;
        }
        return questions;
    }

    private static boolean sameSource(BsonDocument found, Row row) {
        return Content.position(found).equals(row.record().position());
    }
}
