package gpuanalytics.processor.ledger;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;

import gpuanalytics.processor.change.HourVersions;
import gpuanalytics.processor.gpuname.GpuNameBook;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;

/** What keeping the ledger and asking it have in common: the store, as the ledger sees it. */
final class LedgerParts {

    static final Duration HOUR = Duration.ofHours(1);

    private final StoreReads reads;
    private final GpuNameBook names;
    private final LedgerFile hours;
    private final LedgerFile days;
    private final HourComputation computation;

    /**
     * @param timeout how long one read may take
     */
    LedgerParts(MongoStore store, Duration timeout, Clock clock) {
        this.reads = new StoreReads(store.database(), timeout);
        this.names =
                new GpuNameBook(
                        (search, reader) ->
                                reads.forEach(
                                        StoreLayout.GPU_NAMES, new Document(), search, reader),
                        clock);
        this.hours =
                new LedgerFile(store.database().getCollection(StoreLayout.LEDGER_HOURS), reads);
        this.days = new LedgerFile(store.database().getCollection(StoreLayout.LEDGER_DAYS), reads);
        this.computation = new HourComputation(reads, names);
    }

    LedgerFile hours() {
        return hours;
    }

    LedgerFile days() {
        return days;
    }

    GpuNameBook names() {
        return names;
    }

    HourComputation computation() {
        return computation;
    }

    GpuHours gpuHours() {
        return new GpuHours(reads);
    }

    /** Where a book's prices change within an hour. */
    static PriceCuts cuts(PriceBook book, Instant hour) {
        return new PriceCuts(hour, book.changes(hour, hour.plus(HOUR)));
    }

    /** How often the hours of a time, and their neighbours, have been marked. */
    HourVersions versions(Instant from, Instant to) {
        var versions = new HourVersions();
        reads.forEach(
                StoreLayout.CHANGED_HOURS,
                and(
                        gte(StoreLayout.HOUR, Date.from(from.minus(HOUR))),
                        lt(StoreLayout.HOUR, Date.from(to.plus(HOUR)))),
                search -> search,
                versions::add);
        return versions;
    }
}
