package gpuanalytics.processor.budget;

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
import java.util.stream.Collectors;
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
    public List<State> states(List<Budget> all) {
        var now = clock.instant();
        var spent =
                InPeriod.spent(spending, all.stream().map(of -> InPeriod.now(of, now)).toList());
        var history =
                spending.hourly(
                        all.stream().map(Budget::scope).toList(),
                        now.truncatedTo(ChronoUnit.HOURS).minus(HISTORY),
                        now);
        var fired =
                alerts.fired(
                        all.stream()
                                .map(budget -> budget.period().start(now))
                                .collect(Collectors.toSet()));
        var states = new ArrayList<State>();
        for (int i = 0; i < all.size(); i++) {
            var budget = all.get(i);
            var start = budget.period().start(now);
            var end = budget.period().end(start);
            var usd = spent.get(i).usd();
            states.add(
                    new State(
                            budget,
                            start,
                            end,
                            spent.get(i),
                            new Forecast(history.get(i), now).at(end, usd, now),
                            of(budget, start, fired)));
        }
        return states;
    }

    private static List<FiredAlert> of(Budget budget, Instant start, List<AlertBook.Fired> fired) {
        var identity = budget.identity();
        return fired.stream()
                .filter(each -> each.budget().equals(identity) && each.periodStart().equals(start))
                .map(AlertBook.Fired::alert)
                .toList();
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
