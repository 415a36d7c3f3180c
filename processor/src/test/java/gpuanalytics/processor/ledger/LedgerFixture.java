package gpuanalytics.processor.ledger;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.TestRollups;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;

/** Rollups and the ledger in a store of a test's own. Hours are claimed for a moment only. */
final class LedgerFixture implements AutoCloseable {

    private static final LedgerConfig CONFIG =
            new LedgerConfig(Duration.ofMinutes(5), Duration.ZERO, 100);

    private final Clock clock = Clock.systemUTC();
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", clock), metrics);
    private final MongoRollups rollups = TestRollups.in(store);
    private final ChangedHours hours =
            new ChangedHours(store, retry, metrics, clock, Duration.ofMillis(1));
    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
    private final TestRows usages = new TestRows(EventTopic.TOKEN_USAGE, "topic-t", 0);
    private volatile PriceBook book = PriceBook.EMPTY;

    LedgerFixture() {
        store.prepare();
    }

    /** The start of an hour that many hours ago, which is over. */
    static Instant hoursAgo(int hours) {
        long now = Instant.now().getEpochSecond();
        return Instant.ofEpochSecond(Math.floorDiv(now, 3600) * 3600 - hours * 3600L);
    }

    void priceWith(PriceBook another) {
        book = another;
    }

    /** The rows of events, not rolled up yet. */
    List<Row> rows(List<Event> events) {
        var rows = new ArrayList<Row>();
        for (var event : events) {
            var topic =
                    switch (event.topic()) {
                        case GPU_METRICS -> samples;
                        case TOKEN_USAGE -> usages;
                    };
            rows.add(topic.next(event));
        }
        return rows;
    }

    /** Rolls rows up; those that are rolled up already change nothing. */
    void rollUp(List<Row> rows) throws InterruptedException {
        hours.mark(rollups.apply(rows.stream().map(CountedRow::of).toList()));
    }

    void store(List<Event> events) throws InterruptedException {
        rollUp(rows(events));
    }

    ChangedHours hours() {
        return hours;
    }

    MongoStore mongo() {
        return store;
    }

    LedgerParts parts() {
        return new LedgerParts(store, Duration.ofSeconds(60), clock);
    }

    /** Another processor's keeper. */
    LedgerKeeper keeper() {
        return new LedgerKeeper(
                store, hours, () -> book, metrics, clock, Duration.ofSeconds(60), CONFIG);
    }

    MongoLedgerQueries queries() {
        return queries(CONFIG);
    }

    MongoLedgerQueries queries(LedgerConfig config) {
        return queries(config, Duration.ofDays(400));
    }

    /** Of a ledger that is kept for so long. */
    MongoLedgerQueries queries(Duration retention) {
        return queries(CONFIG, retention);
    }

    private MongoLedgerQueries queries(LedgerConfig config, Duration retention) {
        return new MongoLedgerQueries(
                store,
                () -> book,
                config,
                Market.ON_DEMAND,
                QueryLimits.defaults(),
                retention,
                clock);
    }

    CostReport costs(Instant from, Instant to, Step step, Basis basis, CostDimension... groupBy) {
        return costs(from, to, step, basis, Map.of(), groupBy);
    }

    WhatIfReport whatIf(
            Instant from, Instant to, Optional<WhatIfQuery.Fleet> fleet, String... models) {
        var costs =
                new CostQuery(
                        QueryWindow.of(from, to, new Step.Total()),
                        List.of(),
                        Map.of(),
                        Basis.ALLOCATION);
        return queries().whatIf(new WhatIfQuery(costs, fleet, List.of(models), to));
    }

    CostReport costs(
            Instant from,
            Instant to,
            Step step,
            Basis basis,
            Map<CostDimension, List<String>> filters,
            CostDimension... groupBy) {
        return queries()
                .costs(
                        new CostQuery(
                                QueryWindow.of(from, to, step), List.of(groupBy), filters, basis));
    }

    /** As if no hour had ever been computed. */
    void forgetLedger() {
        for (var name : List.of(StoreLayout.LEDGER_HOURS, StoreLayout.LEDGER_DAYS)) {
            store.database().getCollection(name).deleteMany(new Document());
        }
    }

    /** As if every hour had changed. */
    void markAll() {
        store.database()
                .getCollection(StoreLayout.CHANGED_HOURS)
                .updateMany(
                        new Document(),
                        new Document("$set", new Document("waiting.ledger", true))
                                .append("$inc", new Document("changes", 1L)));
    }

    @Override
    public void close() {
        store.close();
        embedded.close();
    }
}
