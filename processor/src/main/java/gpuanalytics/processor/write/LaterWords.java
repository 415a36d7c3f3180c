package gpuanalytics.processor.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.Insertion.Pending;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import gpuanalytics.processor.write.Verdict.Contradiction;
import gpuanalytics.processor.write.Verdict.Known;
import gpuanalytics.processor.write.Verdict.Next;
import gpuanalytics.processor.write.Verdict.Repeat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Stores what is said under identities that are known.
 *
 * <p>What a word does depends on those before it, so each has the next number of its identity for
 * its {@code _id}: whoever read the words and was overtaken fails, reads them again and judges
 * again. The words of a round are inserted in order up to the first failure, so that none is stored
 * that was judged by one which is not.
 */
final class LaterWords {

    private final String collection;
    private final String what;
    private final MongoCollection<RawBsonDocument> documents;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Families families;
    private final Judgement judgement;
    private final @Nullable Outcome[] outcomes;

    /** An attempt ended without an answer: what is there now may be from us. */
    private boolean unsure;

    /**
     * @param outcomes where the fate of each row is noted, at its place in the batch
     */
    LaterWords(
            String collection,
            MongoCollection<RawBsonDocument> documents,
            IdentityRules rules,
            StoreRetry retry,
            ProcessorMetrics metrics,
            @Nullable Outcome[] outcomes) {
        this.collection = collection;
        this.what = "insert of later words into " + collection;
        this.documents = documents;
        this.retry = retry;
        this.metrics = metrics;
        this.families = new Families(documents, rules.comparedWords());
        this.judgement = new Judgement(rules);
        this.outcomes = outcomes;
    }

    /** A row and what it is by the words that were read, and by those before it in this round. */
    private record Judged(Pending pending, Verdict verdict) {}

    /** How many words are stored before the first that is not, which the store may refuse. */
    private record Inserted(int words, @Nullable Outcome refused) {}

    /**
     * Returns when the fate of the rows is sure, but for those whose identity is no longer there.
     *
     * @param unsureBefore whether some of the rows may have been stored by an attempt of this very
     *     batch
     * @return the rows that are to be inserted as the first of their identity
     */
    List<Pending> run(List<Pending> rows, boolean unsureBefore) throws InterruptedException {
        unsure = unsureBefore;
        var first = new ArrayList<Pending>();
        List<Pending> left = new ArrayList<>(rows);
        // As they were read: words of one batch follow each other as their records do.
        left.sort(Comparator.comparingInt(Pending::index));
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            try {
                var judged = judge(left, first);
                left = judged.stream().map(Judged::pending).toList();
                left = insert(judged, attempt);
            } catch (MongoException e) {
                retry.pauseAfter(what, attempt, e);
            }
        }
        retry.succeeded(what);
        return first;
    }

    private List<Judged> judge(List<Pending> rows, List<Pending> first) {
        var found = families.read(rows.stream().map(each -> each.row().id()).distinct().toList());
        addOwn(rows, found);
        var gone = new ArrayList<Pending>();
        var judged = new ArrayList<Judged>(rows.size());
        for (var pending : rows) {
            var family = found.get(pending.row().id());
            if (family == null || family.first() == null) {
                gone.add(pending); // expired between the insert and the read
                continue;
            }
            var verdict = judgement.judge(pending.row(), family);
            if (verdict instanceof Next(var word)) {
                family.add(word);
            }
            judged.add(new Judged(pending, verdict));
        }
        first.addAll(gone);
        return judged;
    }

    /** A record that is read again finds its own word, however many came after it. */
    private void addOwn(List<Pending> rows, Map<String, Family> found) {
        var asked = new HashMap<String, Position>();
        for (var pending : rows) {
            var family = found.get(pending.row().id());
            var position = pending.row().record().position();
            if (family != null && family.isPart() && family.from(position) == null) {
                asked.put(Content.text(position), position);
            }
        }
        if (!asked.isEmpty()) {
            for (var document : families.from(asked.values()).values()) {
                var family = found.get(Word.identityOf(document));
                if (family != null) {
                    family.add(Word.of(document));
                }
            }
        }
    }

    /** Inserts the next words; returns what must be judged again. */
    private List<Pending> insert(List<Judged> judged, int attempt) throws InterruptedException {
        var next = new ArrayList<RawBsonDocument>();
        for (var each : judged) {
            if (each.verdict instanceof Next(var word)) {
                next.add(word.document());
            }
        }
        var inserted = new Inserted(next.size(), null);
        try {
            if (!next.isEmpty()) {
                documents.insertMany(next); // in order
                metrics.mongoWritten(collection, next.size());
            }
        } catch (MongoBulkWriteException e) {
            inserted = sortOut(e, attempt);
        } catch (MongoException e) {
            unsure = true;
            throw e;
        }
        return note(judged, inserted);
    }

    /** What a partly failed insert has stored. */
    private Inserted sortOut(MongoBulkWriteException failure, int attempt)
            throws InterruptedException {
        metrics.mongoWritten(collection, failure.getWriteResult().getInsertedCount());
        if (failure.getWriteConcernError() != null || failure.getWriteErrors().isEmpty()) {
            unsure = true; // nothing is sure without the majority's word
            retry.pauseAfter(what, attempt, StoreErrors.firstPassing(failure));
            return new Inserted(0, null);
        }
        var error = failure.getWriteErrors().getFirst();
        if (StoreErrors.isTooLarge(error) || StoreErrors.isInvalid(error)) {
            return new Inserted(error.getIndex(), Insertion.rejected(error));
        }
        if (!StoreErrors.isDuplicate(error)) {
            retry.pauseAfter(what, attempt, StoreErrors.firstPassing(failure));
        }
        return new Inserted(error.getIndex(), null);
    }

    /** Notes what is sure up to the first word that is not stored; returns the rest. */
    private List<Pending> note(List<Judged> judged, Inserted inserted) {
        int words = 0;
        for (int i = 0; i < judged.size(); i++) {
            var each = judged.get(i);
            var isWord = each.verdict instanceof Next;
            if (isWord && words == inserted.words) {
                int from = i;
                if (inserted.refused != null) {
                    outcomes[each.pending.index()] = inserted.refused;
                    from++;
                }
                return judged.subList(from, judged.size()).stream().map(Judged::pending).toList();
            }
            words += isWord ? 1 : 0;
            outcomes[each.pending.index()] = outcome(each);
        }
        return List.of();
    }

    private Outcome outcome(Judged judged) {
        var row = judged.pending.row();
        return switch (judged.verdict) {
            case Known(var word) -> {
                var counted = CountedRow.of(row, word.document());
                yield unsure ? new Stored(counted) : new Redelivered(counted);
            }
            case Next(var word) -> new Stored(CountedRow.of(row, word.document()));
            case Repeat() -> new Repeated();
            case Contradiction(var reason, var detail) -> new Rejected(reason, detail);
        };
    }
}
