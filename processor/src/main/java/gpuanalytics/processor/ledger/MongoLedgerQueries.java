package gpuanalytics.processor.ledger;

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
import java.util.List;
import java.util.function.Supplier;

/**
 * Answers from the ledger: whole days where no GPU is asked for, else hours. Hours that it does not
 * have as they are now are computed by the same code: the open one, those that changed a moment
 * ago, and those within which a price begins that nobody knew of when they were stored.
 */
public final class MongoLedgerQueries implements LedgerQueries {

    private static final double HOUR_MS = LedgerParts.HOUR.toMillis();

    /** A ledger that is replaced while it is read is read again. */
    private static final int ATTEMPTS = 5;

    /** Folds what one reading of the ledger tells; another reading begins with another one. */
    private interface Folding<R> {
        R fold(LedgerReading reading, Grouping grouping, Rating rating, PriceBook book);
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
                        var grouping = new Grouping(query, reading.window(), reading.names());
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

    private CostReport report(
            CostQuery query, CostFold fold, LedgerReading reading, PriceBook prices) {
        var parts = fold.totals().roundedParts();
        return new CostReport(
                coverage(query),
                query.groupBy(),
                fold.rows(parts),
                fold.totals().cost(parts),
                fold.notes(prices.version(), reading.openHours()));
    }

    @Override
    public WhatIfReport whatIf(WhatIfQuery query) {
        return answer(
                query.costs(),
                (reading, grouping, rating, prices) -> {
                    var alternatives = Alternatives.of(query, prices, market);
                    var fold = new WhatIfFold(grouping, rating, limits, alternatives);
                    reading.forEach(fold::add);
                    double hours = pastHours(reading.window());
                    return new WhatIfReport(
                            coverage(query.costs()),
                            hours,
                            query.pricesAt(),
                            new WhatIf(query.fleet(), alternatives, fold, hours).rows(),
                            fold.notes(prices.version(), reading.openHours()));
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
                            fold.notes(prices.version(), reading.openHours()));
                });
    }

    @Override
    public SharingReport sharing(CostQuery asked) {
        var query =
                new CostQuery(
                        asked.window(), List.of(CostDimension.GPU), asked.filters(), asked.basis());
        return answer(
                query,
                (reading, grouping, rating, prices) -> {
                    var fold = new SharingFold(grouping, rating, reading.names());
                    reading.forEach(fold::add);
                    var window = reading.window();
                    ledger.gpuHours().forEach(window.from(), window.to(), fold::add);
                    return new SharingReport(
                            coverage(query),
                            fold.rows(),
                            new CostReport.Notes(
                                    query.basis(),
                                    prices.version(),
                                    reading.openHours(),
                                    List.of(),
                                    List.of(),
                                    grouping.folded()));
                });
    }

    @Override
    public LedgerExport<LedgerLine> lines(CostQuery query) {
        return export(query, ExportRows.lines(query.basis()));
    }

    @Override
    public LedgerExport<Charge> charges(CostQuery query) {
        return export(query, ExportRows.charges(query.basis()));
    }

    /** What can be refused is refused here, before the first row. One book rates all rows. */
    private <R> LedgerExport<R> export(CostQuery query, ExportRows.Maker<R> maker) {
        limits.check(query.window());
        var window = query.window().inHours();
        var prices = book.get();
        var whole = new LedgerReading(ledger, config, clock.instant(), query, window, prices);
        refuseExpired(whole);
        return new LedgerExport<>(
                coverage(query),
                new LedgerExport.Notes(query.basis(), prices.version(), whole.openHours()),
                sink -> {
                    var usd = new ExactRounding();
                    for (var step : ExportStep.of(query, window, whole.known())) {
                        var rating = new Rating(prices, market);
                        for (var entry : entries(step, prices)) {
                            maker.make(step.entry(entry), rating, usd, sink);
                        }
                    }
                });
    }

    private Entries entries(ExportStep step, PriceBook prices) {
        return answer(
                step.query(),
                () -> prices,
                (reading, grouping, _, _) -> step.entries(reading, grouping, prices));
    }

    private <R> R answer(CostQuery query, Folding<R> folding) {
        limits.check(query.window());
        return answer(
                query,
                book,
                (reading, grouping, rating, prices) -> {
                    refuseExpired(reading);
                    return folding.fold(reading, grouping, rating, prices);
                });
    }

    /** An answer of nothing about a time of which nothing may be left would say it cost nothing. */
    private void refuseExpired(LedgerReading reading) {
        var to = reading.window().to();
        if (reading.known().isEmpty() && !to.isAfter(keptSince())) {
            throw new InvalidQueryException(
                    "to",
                    to.toString(),
                    "a time after %s: of this one nothing is left (the ledger is kept for %s)"
                            .formatted(keptSince(), QueryWindow.text(retention)));
        }
    }

    private Instant keptSince() {
        return Instant.ofEpochSecond(clock.instant().minus(retention).getEpochSecond());
    }

    private <R> R answer(CostQuery query, Supplier<PriceBook> pricing, Folding<R> folding) {
        var window = query.window().inHours();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var prices = pricing.get();
            var reading = new LedgerReading(ledger, config, clock.instant(), query, window, prices);
            var answer =
                    folding.fold(
                            reading,
                            new Grouping(query, window, reading.names()),
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
        var kept = keptSince();
        return new Coverage(
                window, window.equals(query.window()), !window.from().isBefore(kept), kept);
    }
}
