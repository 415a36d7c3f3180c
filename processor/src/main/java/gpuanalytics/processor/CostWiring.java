package gpuanalytics.processor;

import gpuanalytics.processor.api.ApiSources;
import gpuanalytics.processor.budget.BudgetMetrics;
import gpuanalytics.processor.budget.BudgetWatch;
import gpuanalytics.processor.budget.MongoBudgets;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.figure.Figures;
import gpuanalytics.processor.ledger.LedgerKeeper;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.LedgerSpending;
import gpuanalytics.processor.ledger.MongoLedgerQueries;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.price.MongoPrices;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.service.lifecycle.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What turns rollups into money and watches it: prices, the ledger and budgets, wired together. */
final class CostWiring implements AutoCloseable {

    private final MongoPrices prices;
    private final LedgerKeeper keeper;
    private final LedgerQueries ledger;
    private final MongoBudgets budgets;
    private final BudgetWatch watch;
    private final UsageQueries usage;
    private final Figures figures;
    private final Duration keepInterval;
    private final Duration watchInterval;
    private final Duration figuresInterval;

    CostWiring(
            ProcessorConfig config,
            MongoStore store,
            UsageQueries usage,
            ChangedHours changedHours,
            ProcessorMetrics metrics,
            MeterRegistry registry,
            Clock clock) {
        var timeout = config.http().limits().timeout();
        prices = new MongoPrices(config.prices(), store, timeout, clock);
        keeper =
                new LedgerKeeper(
                        store,
                        changedHours,
                        prices::book,
                        metrics,
                        clock,
                        config.store().answerTimeout(),
                        config.ledger());
        ledger = queries(config, store, config.http().limits(), clock);
        // a month is looked at whatever a question may ask for
        var spending = new LedgerSpending(queries(config, store, QueryLimits.defaults(), clock));
        budgets = new MongoBudgets(config.budgets(), spending, store, timeout, clock);
        watch =
                new BudgetWatch(
                        budgets, spending, store, timeout, new BudgetMetrics(registry), clock);
        this.usage = usage;
        figures = new Figures(usage, ledger, budgets, config.figures(), registry, clock);
        keepInterval = config.ledger().interval();
        watchInterval = config.budgets().interval();
        figuresInterval = config.figures().interval();
    }

    private LedgerQueries queries(
            ProcessorConfig config, MongoStore store, QueryLimits limits, Clock clock) {
        return new MongoLedgerQueries(
                store,
                prices::book,
                config.ledger(),
                config.prices().market(),
                limits,
                config.store().hourRetention(),
                clock);
    }

    /** What questions are answered from. */
    ApiSources sources(Letters letters) {
        return new ApiSources(usage, ledger, prices, budgets, letters);
    }

    /** Starts what runs again and again. */
    List<Periodic> begin() {
        var periodic = new ArrayList<Periodic>();
        if (!keepInterval.isZero()) {
            periodic.add(new Periodic("ledger", keepInterval, keeper::keep));
        }
        if (!watchInterval.isZero()) {
            periodic.add(new Periodic("budgets", watchInterval, watch::look));
        }
        if (!figuresInterval.isZero()) {
            periodic.add(new Periodic("figures", figuresInterval, figures::look));
        }
        return periodic;
    }

    @Override
    public void close() {
        watch.close();
    }
}
