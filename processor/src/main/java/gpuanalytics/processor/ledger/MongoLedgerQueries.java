package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.store.MongoStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Answers from the ledger: whole days where no GPU is asked for, else hours. Hours that it does not
 * have as they are now are computed by the same code: the open one, those that changed a moment
 * ago, and those within which a price begins that nobody knew of when they were stored.
 */
public final class MongoLedgerQueries implements LedgerQueries {

    private static final Duration HOUR = LedgerParts.HOUR;
    private static final double HOUR_MS = HOUR.toMillis();
    private static final Duration DAY = Duration.ofDays(1);

    /** A ledger that is replaced while it is read is read again. */
    private static final int ATTEMPTS = 5;

    /** Takes an entry of an hour, or of a day that lies in one step. */
    private interface EntryReader {
        void read(Instant start, EntryKey key, Amounts amounts);
    }

    /** Folds what one reading of the ledger tells; another reading begins with another one. */
    private interface Folding<R> {
        R fold(Reading reading, Grouping grouping, Rating rating, PriceBook book);
    }

    private final LedgerParts ledger;
    private final Supplier<PriceBook> book;
    private final LedgerConfig config;
    private final Market market;
    private final QueryLimits limits;
    private final Duration retention;
    private final Clock clock;

    /**
     * @param book the prices as they are now
     * @param market how GPUs are bought
     * @param retention how long hours are kept
     */
    public MongoLedgerQueries(
            MongoStore store,
            Supplier<PriceBook> book,
            LedgerConfig config,
            Market market,
            QueryLimits limits,
            Duration retention,
            Clock clock) {
        this.ledger = new LedgerParts(store, limits.timeout(), clock);
        this.book = book;
        this.config = config;
        this.market = market;
        this.limits = limits;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public CostReport costs(CostQuery query) {
        return answer(
                query,
                (reading, grouping, rating, prices) -> {
                    var fold = new CostFold(grouping, rating, limits);
                    reading.forEach(fold::add);
                    return report(query, fold, reading, prices);
                });
    }

    @Override
    public List<CostReport> costs(List<CostQuery> queries) {
        var first = queries.getFirst();
        for (var query : queries) {
            if (query.isByGpu() || !query.window().equals(first.window())) {
                throw new IllegalArgumentException(
                        "%s and %s, expected one time and no single GPUs".formatted(first, query));
            }
        }
        return answer(
                first,
                (reading, _, rating, prices) -> {
                    var folds = new ArrayList<CostFold>();
                    for (var query : queries) {
                        var grouping = new Grouping(query, reading.window, reading.names);
                        folds.add(new CostFold(grouping, rating, limits));
                    }
                    reading.forEach(
                            (start, key, amounts) ->
                                    folds.forEach(fold -> fold.add(start, key, amounts)));
                    var reports = new ArrayList<CostReport>();
                    for (int i = 0; i < folds.size(); i++) {
                        reports.add(report(queries.get(i), folds.get(i), reading, prices));
                    }
                    return reports;
                });
    }

    private CostReport report(CostQuery query, CostFold fold, Reading reading, PriceBook prices) {
        var parts = fold.totals().roundedParts();
        return new CostReport(
                coverage(query),
                query.groupBy(),
                fold.rows(parts),
                fold.totals().cost(parts),
                fold.notes(prices.version(), reading.open.size()));
    }

    @Override
    public WhatIfReport whatIf(WhatIfQuery query) {
        return answer(
                query.costs(),
                (reading, grouping, rating, prices) -> {
                    var alternatives = Alternatives.of(query, prices, market);
                    var fold = new WhatIfFold(grouping, rating, limits, alternatives);
                    reading.forEach(fold::add);
                    double hours = pastHours(reading.window);
                    return new WhatIfReport(
                            coverage(query.costs()),
                            hours,
                            query.pricesAt(),
                            new WhatIf(query.fleet(), alternatives, fold, hours).rows(),
                            fold.notes(prices.version(), reading.open.size()));
                });
    }

    /** How much of a window is over. */
    private double pastHours(QueryWindow window) {
        var now = clock.instant();
        var end = now.isBefore(window.to()) ? now : window.to();
        return Math.max(0, Duration.between(window.from(), end).toMillis() / HOUR_MS);
    }

    @Override
    public WasteReport waste(CostQuery query) {
        return answer(
                query,
                (reading, grouping, rating, prices) -> {
                    var fold = new WasteFold(grouping, rating, limits);
                    reading.forEach(fold::add);
                    return new WasteReport(
                            coverage(query),
                            query.groupBy(),
                            fold.rows(),
                            fold.totals(),
                            fold.notes(prices.version(), reading.open.size()));
                });
    }

    private <R> R answer(CostQuery query, Folding<R> folding) {
        limits.check(query.window());
        var window = query.window().inHours();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var prices = book.get();
            var names = ledger.names().names();
            var reading = new Reading(query, window, prices, names);
            var answer =
                    folding.fold(
                            reading,
                            new Grouping(query, window, names),
                            new Rating(prices, market),
                            prices);
            if (reading.isAsItWas()) {
                return answer;
            }
        }
        throw new StoreUnavailableException(
                "the ledger changed each time it was read", new IllegalStateException());
    }

    private Coverage coverage(CostQuery query) {
        var window = query.window().inHours();
        var kept = Instant.ofEpochSecond(clock.instant().minus(retention).getEpochSecond());
        return new Coverage(
                window, window.equals(query.window()), !window.from().isBefore(kept), kept);
    }

    /** One reading of the ledger. */
    private final class Reading {

        private final CostQuery query;
        private final QueryWindow window;
        private final PriceBook prices;
        private final GpuNames names;
        private final NavigableMap<Instant, Head> all;
        private final NavigableMap<Instant, Head> hours = new TreeMap<>();
        private final NavigableMap<Instant, Head> days = new TreeMap<>();
        private final List<Instant> open = new ArrayList<>();

        Reading(CostQuery query, QueryWindow window, PriceBook prices, GpuNames names) {
            this.query = query;
            this.window = window;
            this.prices = prices;
            this.names = names;
            this.all = ledger.hours().heads(window.from(), window.to());
            chooseHours();
            if (!query.isByGpu()) {
                chooseDays();
            }
        }

        /** Which hours are as they are now, and which are to be computed. */
        private void chooseHours() {
            var versions = ledger.versions(window.from(), window.to());
            var known = new TreeSet<>(versions.hours(window.from(), window.to()));
            known.addAll(all.keySet());
            for (var hour : known) {
                var head = all.get(hour);
                var cuts = LedgerParts.cuts(prices, hour);
                if (head != null
                        && head.own() >= versions.of(hour)
                        && new PriceCuts(hour, head.cuts()).covers(cuts)) {
                    hours.put(hour, head);
                } else if (versions.of(hour) > 0) {
                    open.add(hour);
                }
            }
            if (open.size() > config.maxOpenHours()) {
                throw new InvalidQueryException(
                        "from",
                        window.from().toString(),
                        "a range of which the ledger lacks at most %d hours; it lacks %d, which are being computed"
                                .formatted(config.maxOpenHours(), open.size()));
            }
        }

        /** Days that are in one step and made of the hours that are to be read stand for them. */
        private void chooseDays() {
            var found = ledger.days().heads(window.from(), window.to());
            for (var day : found.values()) {
                var end = day.start().plus(DAY);
                var ofDay = hours.subMap(day.start(), end);
                var cuts = new PriceCuts(day.start(), prices.changes(day.start(), end));
                if (!end.isAfter(window.to())
                        && window.pointOf(day.start()).equals(window.pointOf(end.minus(HOUR)))
                        && open.stream().noneMatch(hour -> isIn(hour, day.start(), end))
                        && LedgerKeeper.runs(ofDay).equals(day.of())
                        && new PriceCuts(day.start(), day.cuts()).covers(cuts)) {
                    days.put(day.start(), day);
                    ofDay.clear();
                }
            }
        }

        void forEach(EntryReader reader) {
            var scope = query.isByGpu() ? Scope.GPU : Scope.ALL;
            ledger.days()
                    .forEachEntry(days, Scope.ALL, null, (day, entry) -> tell(day, entry, reader));
            ledger.hours()
                    .forEachEntry(hours, scope, gpus(), (hour, entry) -> tell(hour, entry, reader));
            open.forEach(hour -> compute(hour, scope, reader));
        }

        private void compute(Instant hour, Scope scope, EntryReader reader) {
            var computed =
                    ledger.computation()
                            .compute(hour, LedgerParts.cuts(prices, hour), clock.instant());
            var stored = all.get(hour);
            if (stored != null && !computed.complete()) {
                // its minutes have expired: prices then hold from the start of stored entries on
                var one = new TreeMap<Instant, Head>();
                one.put(hour, stored);
                ledger.hours()
                        .forEachEntry(one, scope, gpus(), (_, entry) -> tell(hour, entry, reader));
                return;
            }
            var entries =
                    scope == Scope.GPU ? computed.ledger().entries() : computed.ledger().overGpus();
            entries.forEach((key, amounts) -> reader.read(hour, key, amounts));
        }

        /** All names of the GPUs that are asked for; null where all are. */
        private @Nullable Collection<String> gpus() {
            var asked = query.filters().getOrDefault(CostDimension.GPU, List.of());
            if (asked.isEmpty() || asked.contains("")) {
                return null;
            }
            Set<String> related = new HashSet<>();
            asked.forEach(gpu -> related.addAll(names.related(gpu)));
            return related;
        }

        /** Whether no ledger was replaced meanwhile: what was read of each was all of it. */
        boolean isAsItWas() {
            var now = ledger.hours().heads(window.from(), window.to());
            var daysNow =
                    days.isEmpty()
                            ? days
                            : ledger.days().heads(days.firstKey(), days.lastKey().plus(HOUR));
            return hours.values().stream().allMatch(head -> head.equals(now.get(head.start())))
                    && days.values().stream()
                            .allMatch(head -> head.equals(daysNow.get(head.start())));
        }
    }

    private static void tell(Instant start, Document entry, EntryReader reader) {
        reader.read(start, EntryDocuments.key(entry), EntryDocuments.amounts(entry));
    }

    private static boolean isIn(Instant hour, Instant from, Instant to) {
        return !hour.isBefore(from) && hour.isBefore(to);
    }
}
