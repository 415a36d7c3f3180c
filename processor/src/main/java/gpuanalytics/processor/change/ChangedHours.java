package gpuanalytics.processor.change;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNumber;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * The hours whose rollups have changed since they were worked on, in the store.
 *
 * <p>An hour is marked after a round of rollups has been applied and before its offsets are
 * committed. So no change stays unseen: whoever looked at the hour before the rollups were there is
 * told by the mark that follows; where the process ends in between, the records are read again, and
 * the round that finds them counted already marks the hour. Marks are counted: work that was begun
 * before a mark does not take it away.
 *
 * <p>Any free processor claims an hour, for a time: one that ends leaves it to the next. Working
 * twice on an hour must be harmless. Any thread may use it.
 */
public final class ChangedHours {

    static final String KIND = "kind";
    static final String CHANGES = "changes";
    private static final String DONE = "done";
    private static final String WAITING = "waiting.";
    private static final String LEASE = "lease.";
    private static final String UNTIL = ".until";
    private static final String BY = ".by";

    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
    private static final int MAX_UPDATES = 2000;

    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final Duration lease;
    private final String owner = UUID.randomUUID().toString();

    /**
     * @param lease how long a claimed hour is left to whoever claimed it
     */
    public ChangedHours(
            MongoStore store,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock,
            Duration lease) {
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Marks hours as changed, for every purpose; returns when the marks are stored, however long
     * that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    public void mark(Collection<HourChange> changes) throws InterruptedException {
        if (changes.isEmpty()) {
            return;
        }
        // Processors that mark the same hours do so in one order, see MongoEventWriter.
        var updates =
                changes.stream()
                        .sorted(Comparator.comparing(HourChange::id))
                        .map(this::markOf)
                        .toList();
        for (int from = 0; from < updates.size(); from += MAX_UPDATES) {
            var part = updates.subList(from, Math.min(updates.size(), from + MAX_UPDATES));
            // A mark more is harmless, so all of them are repeated if one fails.
            retry.untilAnswered(
                    "update of " + StoreLayout.CHANGED_HOURS,
                    () -> store.collection(StoreLayout.CHANGED_HOURS).bulkWrite(part, UNORDERED));
            metrics.mongoWritten(StoreLayout.CHANGED_HOURS, part.size());
        }
    }

    private WriteModel<RawBsonDocument> markOf(HourChange change) {
        var done = new BsonDocument();
        change.done()
                .forEach(
                        (source, offset) ->
                                done.append(DONE + "." + source, new BsonInt64(offset)));
        var set = new BsonDocument(StoreLayout.STORED_AT, new BsonDateTime(clock.millis()));
        for (var purpose : Purpose.values()) {
            if (purpose.isOf(change.kind())) {
                set.append(WAITING + purpose.field(), BsonBoolean.TRUE);
            }
        }
        var update =
                new BsonDocument("$inc", new BsonDocument(CHANGES, new BsonInt64(1)))
                        .append("$set", set)
                        .append(
                                "$setOnInsert",
                                new BsonDocument(KIND, new BsonString(text(change.kind())))
                                        .append(
                                                StoreLayout.HOUR,
                                                new BsonDateTime(change.hour() * 1000)));
        if (!done.isEmpty()) {
            update.append("$max", done);
        }
        return new UpdateOneModel<>(idFilter(change.id()), update, UPSERT);
    }

    /**
     * Claims the latest waiting hour that nobody else works on.
     *
     * @param purpose what for
     * @param endedBy only hours that had ended by then
     * @throws com.mongodb.MongoException when the store does not answer
     */
    public Optional<ChangedHour> claim(Purpose purpose, Instant endedBy) {
        return claim(purpose, endedBy, Duration.ZERO);
    }

    /**
     * The same, but only of hours that have not been marked for some time: those that events are
     * streaming into, as in a replay, are better left until that is over.
     *
     * @throws com.mongodb.MongoException when the store does not answer
     */
    public Optional<ChangedHour> claim(Purpose purpose, Instant endedBy, Duration quiet) {
        var now = clock.instant();
        var filter =
                new BsonDocument(WAITING + purpose.field(), BsonBoolean.TRUE)
                        .append(
                                StoreLayout.HOUR,
                                new BsonDocument("$lte", date(endedBy.minus(Duration.ofHours(1)))))
                        .append(
                                LEASE + purpose.field() + UNTIL,
                                new BsonDocument("$not", new BsonDocument("$gte", date(now))));
        // Whoever need not wait does not hang on the clock of whoever marked.
        if (quiet.isPositive()) {
            filter.append(StoreLayout.STORED_AT, new BsonDocument("$lte", date(now.minus(quiet))));
        }
        var claim =
                new BsonDocument(LEASE + purpose.field() + BY, new BsonString(owner))
                        .append(LEASE + purpose.field() + UNTIL, date(now.plus(lease)));
        var options =
                new FindOneAndUpdateOptions()
                        .sort(new BsonDocument(StoreLayout.HOUR, new BsonInt32(-1)))
                        .returnDocument(ReturnDocument.AFTER);
        var found =
                store.collection(StoreLayout.CHANGED_HOURS)
                        .findOneAndUpdate(filter, new BsonDocument("$set", claim), options);
        return Optional.ofNullable(found).map(document -> read(purpose, document));
    }

    /**
     * Takes the mark away if the hour has not been marked since it was claimed; else it is left to
     * a later claim.
     *
     * @return whether the work is done
     * @throws com.mongodb.MongoException when the store does not answer
     */
    public boolean finish(ChangedHour hour) {
        var field = hour.purpose().field();
        var filter =
                idFilter(new HourChange(hour.kind(), hour.hour(), Map.of()).id())
                        .append(CHANGES, new BsonInt64(hour.changes()));
        var update =
                new BsonDocument(
                        "$unset",
                        new BsonDocument(WAITING + field, BsonBoolean.TRUE)
                                .append(LEASE + field, BsonBoolean.TRUE));
        return store.collection(StoreLayout.CHANGED_HOURS)
                        .updateOne(filter, update)
                        .getMatchedCount()
                > 0;
    }

    private static ChangedHour read(Purpose purpose, BsonDocument document) {
        var done = new HashMap<String, Long>();
        document.getDocument(DONE, new BsonDocument())
                .forEach(
                        (source, offset) -> {
                            if (offset instanceof BsonNumber number) {
                                done.put(source, number.longValue());
                            }
                        });
        return new ChangedHour(
                purpose,
                kind(document.getString(KIND).getValue()),
                document.getDateTime(StoreLayout.HOUR).getValue() / 1000,
                document.getNumber(CHANGES).longValue(),
                done);
    }

    static String text(EventTopic kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    static EventTopic kind(String text) {
        return EventTopic.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static BsonDocument idFilter(String id) {
        return new BsonDocument(StoreLayout.ID, new BsonString(id));
    }

    private static BsonDateTime date(Instant time) {
        return new BsonDateTime(time.toEpochMilli());
    }
}
