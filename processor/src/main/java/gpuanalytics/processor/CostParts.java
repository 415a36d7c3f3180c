package gpuanalytics.processor;

import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.ledger.LedgerConfig;
import gpuanalytics.processor.ledger.LedgerKeeper;
import gpuanalytics.processor.ledger.MongoLedgerQueries;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.price.MongoPrices;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.service.lifecycle.Periodic;
import java.time.Clock;
import java.util.Optional;

/** What turns rollups into money: the prices, what keeps the ledger, and what answers from it. */
final class CostParts {

    private final LedgerConfig config;
    private final MongoPrices prices;
    private final LedgerKeeper keeper;
    private final MongoLedgerQueries queries;

    CostParts(
            ProcessorConfig config,
            MongoStore store,
            ChangedHours changedHours,
            ProcessorMetrics metrics,
            Clock clock) {
        var limits = config.http().limits();
        this.config = config.ledger();
        this.prices = new MongoPrices(config.prices(), store, limits.timeout(), clock);
        this.keeper =
                new LedgerKeeper(
                        store,
                        changedHours,
                        prices::book,
                        metrics,
                        clock,
                        config.store().answerTimeout(),
                        config.ledger());
        this.queries =
                new MongoLedgerQueries(
                        store,
                        prices::book,
                        config.ledger(),
                        config.prices().market(),
                        limits,
                        config.store().hourRetention(),
                        clock);
    }

    MongoPrices prices() {
        return prices;
    }

    MongoLedgerQueries queries() {
        return queries;
    }

    /** Starts to keep the ledger; empty where that is switched off. */
    Optional<Periodic> keeping() {
        return config.interval().isZero()
                ? Optional.empty()
                : Optional.of(new Periodic("ledger", config.interval(), keeper::keep));
    }
}
