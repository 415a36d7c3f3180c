package gpuanalytics.processor.budget;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Decimal128;

/**
 * The alerts that have fired, one document each: whoever writes it has fired it, and nobody else
 * ever does. One that somebody is still to be told of says when that is tried next; whoever moves
 * that time has the attempt.
 */
final class AlertBook {

    private static final String BUDGET = "budget";
    private static final String IDENTITY = "budget_id";
    private static final String PERCENT = "percent";
    private static final String SPENT = "spent_usd";
    private static final String AT = "at";
    private static final String MESSAGE = "message";
    private static final String ATTEMPTS = "attempts";
    private static final String TOLD = "told";

    private final MongoCollection<Document> collection;

    /**
     * A message that is due.
     *
     * @param attempt the number of this attempt, from 1
     */
    record Due(String id, String message, int attempt) {}

    /**
     * An alert that has fired.
     *
     * @param budget the budget's identity
     */
    record Fired(String budget, Instant periodStart, FiredAlert alert) {}

    AlertBook(MongoStore store, Duration timeout) {
        collection =
                store.database()
                        .withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .getCollection(StoreLayout.BUDGET_ALERTS);
    }

    /**
     * Writes an alert down.
     *
     * @param message what somebody is to be told; empty where nobody is
     * @return whether nobody has before
     */
    boolean fire(Alert alert, Optional<String> message) {
        var at = Date.from(alert.at());
        var document =
                new Document(StoreLayout.ID, alert.id())
                        .append(StoreLayout.STORED_AT, at)
                        .append(AT, at)
                        .append(BUDGET, alert.budget().name())
                        .append(IDENTITY, alert.budget().identity())
                        .append(StoreLayout.PERIOD_START, Date.from(alert.periodStart()))
                        .append(PERCENT, alert.percent())
                        .append(SPENT, new Decimal128(alert.spentUsd()));
        message.ifPresent(
                text ->
                        document.append(MESSAGE, text)
                                .append(ATTEMPTS, 0)
                                .append(StoreLayout.DUE_AT, at));
        return answered(
                () -> {
                    try {
                        collection.insertOne(document);
                        return true;
                    } catch (MongoWriteException e) {
                        if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
                            return false;
                        }
                        throw e;
                    }
                });
    }

    /** The alerts of the periods that began at some moments, the lowest share first. */
    List<Fired> fired(Set<Instant> periodStarts) {
        return answered(
                () ->
                        collection
                                .find(
                                        in(
                                                StoreLayout.PERIOD_START,
                                                periodStarts.stream().map(Date::from).toList()))
                                .sort(Sorts.ascending(PERCENT))
                                .map(AlertBook::fired)
                                .into(new ArrayList<>()));
    }

    private static Fired fired(Document found) {
        return new Fired(
                found.get(IDENTITY, ""),
                found.getDate(StoreLayout.PERIOD_START).toInstant(),
                new FiredAlert(
                        found.getString(BUDGET),
                        found.getInteger(PERCENT),
                        found.getDate(AT).toInstant()));
    }

    /**
     * Takes a message that is due, for one attempt.
     *
     * @param next when it is due again, if nobody says that it was delivered
     */
    Optional<Due> claim(Instant now, Instant next) {
        return answered(
                () ->
                        Optional.ofNullable(
                                        collection.findOneAndUpdate(
                                                lte(StoreLayout.DUE_AT, Date.from(now)),
                                                Updates.combine(
                                                        Updates.inc(ATTEMPTS, 1),
                                                        Updates.set(
                                                                StoreLayout.DUE_AT,
                                                                Date.from(next))),
                                                new FindOneAndUpdateOptions()
                                                        .sort(Sorts.ascending(StoreLayout.DUE_AT))
                                                        .returnDocument(ReturnDocument.AFTER)))
                                .map(
                                        found ->
                                                new Due(
                                                        found.getString(StoreLayout.ID),
                                                        found.getString(MESSAGE),
                                                        found.getInteger(ATTEMPTS))));
    }

    /** A message that failed is due again then. */
    void again(String id, Instant next) {
        update(id, Updates.set(StoreLayout.DUE_AT, Date.from(next)));
    }

    /** A message is due no more. */
    void done(String id, BudgetMetrics.Outcome outcome) {
        update(
                id,
                Updates.combine(
                        Updates.unset(StoreLayout.DUE_AT), Updates.set(TOLD, outcome.name())));
    }

    private void update(String id, Bson update) {
        answered(() -> collection.updateOne(eq(StoreLayout.ID, id), update));
    }

    private static <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (MongoException e) {
            throw new StoreUnavailableException("the store does not answer", e);
        }
    }
}
