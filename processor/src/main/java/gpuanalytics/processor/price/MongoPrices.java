package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.Faults;
import gpuanalytics.processor.kept.NumberedLists;
import gpuanalytics.processor.kept.NumberedLists.Numbered;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prices of a file and, over them, the lists in the store that somebody put. The store is asked for
 * later lists when what was read is as old as it may be.
 */
public final class MongoPrices implements Prices {

    private static final Logger log = LoggerFactory.getLogger(MongoPrices.class);

    private final PriceConfig config;
    private final NumberedLists stored;
    private final Clock clock;
    private @Nullable Held held;

    private record Held(List<KeptList> lists, long lastNumber, PriceBook book, long readNanos) {}

    /**
     * @param timeout how long the store may take to answer
     */
    public MongoPrices(PriceConfig config, MongoStore store, Duration timeout, Clock clock) {
        this.config = config;
        this.stored = new NumberedLists(store, StoreLayout.PRICES, timeout);
        this.clock = clock;
    }

    @Override
    public PriceBook book() {
        return current().book();
    }

    @Override
    public List<KeptList> lists() {
        return current().lists();
    }

    @Override
    public PriceConfig config() {
        return config;
    }

    private synchronized Held current() {
        var now = held;
        if (now == null || System.nanoTime() - now.readNanos() >= config.maxAge().toNanos()) {
            return readLater();
        }
        return now;
    }

    private Held readLater() {
        long readNanos = System.nanoTime();
        var known = held == null ? fromFile() : held;
        var later = stored.after(known.lastNumber());
        held =
                later.isEmpty()
                        ? new Held(known.lists(), known.lastNumber(), known.book(), readNanos)
                        : with(known, later, readNanos);
        return held;
    }

    private Held fromFile() {
        var lists = config.file().map(KeptList::file).stream().toList();
        return new Held(lists, 0, book(lists), 0);
    }

    private Held with(Held known, List<Numbered> later, long readNanos) {
        var lists = new ArrayList<>(known.lists());
        later.forEach(numbered -> lists.add(kept(numbered)));
        return new Held(List.copyOf(lists), later.getLast().number(), book(lists), readNanos);
    }

    private static KeptList kept(Numbered numbered) {
        try {
            var list = PriceListFormat.list(numbered.list(), List.of(), Integer.MAX_VALUE);
            return new KeptList(
                    list.as(version(numbered)),
                    Optional.of(numbered.createdAt()),
                    Optional.of(numbered.by()));
        } catch (RefusedListException e) {
            throw new IllegalStateException(
                    "document %d of %s was changed by hand: %s"
                            .formatted(
                                    numbered.number(), StoreLayout.PRICES, e.faults().getFirst()),
                    e);
        }
    }

    private static String version(Numbered numbered) {
        return "put:" + numbered.number();
    }

    private PriceBook book(List<KeptList> lists) {
        return PriceBook.of(
                lists.stream().map(KeptList::list).toList(), config.fallbackUsdPerHour());
    }

    @Override
    public synchronized Change put(PriceList list, String by) throws RefusedListException {
        while (true) {
            var now = readLater();
            if (now.book().says(list)) {
                return new Change(now.book(), Optional.empty());
            }
            check(now, list);
            var numbered = new Numbered(now.lastNumber() + 1, moment(), by, PriceListJson.of(list));
            if (stored.insert(numbered)) { // else another processor was first: look again
                var after = with(now, List.of(numbered), now.readNanos());
                held = after;
                log.atInfo()
                        .addKeyValue("list", version(numbered))
                        .addKeyValue("by", by)
                        .addKeyValue("entries", list.size())
                        .log("prices were put");
                return new Change(after.book(), Optional.of(after.lists().getLast()));
            }
        }
    }

    /** As the store keeps it. */
    private Instant moment() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void check(Held now, PriceList list) throws RefusedListException {
        var faults = new Faults();
        now.book().checkNames(list, faults);
        int entries = now.lists().stream().mapToInt(kept -> kept.list().size()).sum();
        if (entries + list.size() > config.maxEntries()) {
            faults.add(
                    "the book",
                    "%d prices and aliases long with these".formatted(entries + list.size()),
                    "at most %d (PRICES_MAX_ENTRIES)".formatted(config.maxEntries()));
        }
        faults.check();
    }
}
