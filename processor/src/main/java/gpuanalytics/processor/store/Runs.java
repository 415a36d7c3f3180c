package gpuanalytics.processor.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * What is computed for a time, stored in parts, and replaced whole, at once. A head names a run;
 * parts of that run are stored before the head names it, and those of the run before are taken out
 * afterwards. Head and parts have {@link StoreLayout#SCOPE}, {@link StoreLayout#BUCKET}, {@link
 * #RUN} and {@link StoreLayout#STORED_AT}.
 */
public final class Runs {

    /** The scope of heads. */
    public static final String HEAD = "head";

    /** In a head: of what version it is; a later one is not replaced by an earlier one. */
    public static final String VERSION = "version";

    /** In a head: the run that is its own; in a part: its run. */
    public static final String RUN = "run";

    /** Parts of a run that no head names after so long are of somebody who has ended. */
    private static final Duration ABANDONED = Duration.ofHours(6);

    private final MongoCollection<Document> collection;
    private final List<String> scopes;

    /**
     * @param scopes those of parts
     */
    public Runs(MongoCollection<Document> collection, List<String> scopes) {
        this.collection = collection;
        this.scopes = List.copyOf(scopes);
    }

    /** A name that no other run has. */
    public static String newRun() {
        return UUID.randomUUID().toString();
    }

    /** How a time is named in identities. */
    public static String id(Instant start) {
        return Long.toString(start.getEpochSecond());
    }

    /** What of a scope is of a time. */
    public static Bson during(String scope, Instant from, Instant to) {
        return and(
                eq(StoreLayout.SCOPE, scope),
                gte(StoreLayout.BUCKET, Date.from(from)),
                lt(StoreLayout.BUCKET, Date.from(to)));
    }

    /**
     * Puts a run, whose parts are stored, in place of the one before, unless that one is of a later
     * version.
     *
     * @param more what else its head has, the time it is stored at among it
     * @return whether it is the one now; else its parts are gone
     */
    public boolean replace(Instant start, long version, String run, Document more, Instant now) {
        var old = swap(start, version, run, more);
        if (old == null) {
            collection.deleteMany(and(partsAt(start), eq(RUN, run)));
            return false;
        }
        if (!old.isEmpty()) {
            collection.deleteMany(and(partsAt(start), eq(RUN, old)));
        }
        collection.deleteMany(
                and(
                        partsAt(start),
                        ne(RUN, run),
                        lt(StoreLayout.STORED_AT, Date.from(now.minus(ABANDONED)))));
        return true;
    }

    /**
     * The run before, empty where there was none; null where a later version is there. The head is
     * updated, or else inserted, and not upserted: for an upsert that its own filter keeps from the
     * document that is there, stores on DocumentDB answer code 1, which may mean anything.
     */
    private @Nullable String swap(Instant start, long version, String run, Document more) {
        var head =
                new Document(StoreLayout.SCOPE, HEAD)
                        .append(StoreLayout.BUCKET, Date.from(start))
                        .append(VERSION, version)
                        .append(RUN, run);
        head.putAll(more);
        var before = update(start, version, head);
        if (before == null) {
            // there is none, or a later one, or another processor's comes first
            before = insert(start, head) ? "" : update(start, version, head);
        }
        return before;
    }

    private @Nullable String update(Instant start, long version, Document head) {
        var notLater = new Document("$not", new Document("$gt", version));
        var before =
                collection.findOneAndUpdate(
                        new Document(StoreLayout.ID, id(start)).append(VERSION, notLater),
                        new Document("$set", head),
                        new FindOneAndUpdateOptions().returnDocument(ReturnDocument.BEFORE));
        return before == null ? null : Objects.requireNonNullElse(before.getString(RUN), "");
    }

    private boolean insert(Instant start, Document head) {
        var first = new Document(StoreLayout.ID, id(start));
        first.putAll(head);
        try {
            collection.insertOne(first);
            return true;
        } catch (MongoWriteException e) {
            if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
                return false;
            }
            throw e;
        }
    }

    private Bson partsAt(Instant start) {
        return and(in(StoreLayout.SCOPE, scopes), eq(StoreLayout.BUCKET, Date.from(start)));
    }
}
