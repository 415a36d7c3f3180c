package gpuanalytics.processor.budget;

import gpuanalytics.processor.kept.NumberedLists;
import gpuanalytics.processor.kept.NumberedLists.Numbered;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The budgets in the store: the last list that was put; those before it are kept. */
public final class MongoBudgets implements Budgets {

    private static final Logger log = LoggerFactory.getLogger(MongoBudgets.class);

    /** Every hour of the week, four times. */
    private static final Duration HISTORY = Duration.ofDays(28);

    private final BudgetConfig config;
    private final Spending spending;
    private final NumberedLists lists;
    private final AlertBook alerts;
    private final Clock clock;

    /**
     * @param timeout how long the store may take to answer
     */
    public MongoBudgets(
            BudgetConfig config,
            Spending spending,
            MongoStore store,
            Duration timeout,
            Clock clock) {
        this.config = config;
        this.spending = spending;
        this.lists = new NumberedLists(store, StoreLayout.BUDGETS, timeout);
        this.alerts = new AlertBook(store, timeout);
        this.clock = clock;
    }

    @Override
    public BudgetConfig config() {
        return config;
    }

    @Override
    public Held held() {
        return held(lists.last());
    }

    private static Held held(List<Numbered> last) {
        if (last.isEmpty()) {
            return new Held(List.of(), Optional.empty(), Optional.empty());
        }
        var list = last.getFirst();
        try {
            return new Held(
                    BudgetList.kept(list.list()),
                    Optional.of(list.createdAt()),
                    Optional.of(list.by()));
        } catch (RefusedListException e) {
            throw new IllegalStateException(
                    "document %d of %s was changed by hand: %s"
                            .formatted(list.number(), StoreLayout.BUDGETS, e.faults().getFirst()),
                    e);
        }
    }

    @Override
    public State state(Budget budget) {
        var now = clock.instant();
        var start = budget.period().start(now);
        var end = budget.period().end(start);
        var spent = spending.total(budget.scope(), start, now);
        var history =
                spending.hourly(
                        budget.scope(), now.truncatedTo(ChronoUnit.HOURS).minus(HISTORY), now);
        return new State(
                budget,
                start,
                end,
                spent,
                new Forecast(history, now).at(end, spent.usd(), now),
                alerts.fired(budget.name(), start));
    }

    @Override
    public Held put(List<Budget> budgets, String by) {
        while (true) {
            var last = lists.last();
            var now = held(last);
            if (!last.isEmpty() && now.budgets().equals(budgets)) {
                return now;
            }
            long number = last.isEmpty() ? 1 : last.getFirst().number() + 1;
            var list =
                    new Numbered(
                            number,
                            clock.instant().truncatedTo(ChronoUnit.MILLIS),
                            by,
                            BudgetList.tree(budgets));
            if (lists.insert(list)) { // else another processor was first: look again
                log.atInfo()
                        .addKeyValue("by", by)
                        .addKeyValue("budgets", budgets.size())
                        .log("budgets were put");
                return held(List.of(list));
            }
        }
    }
}
