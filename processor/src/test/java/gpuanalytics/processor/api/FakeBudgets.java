package gpuanalytics.processor.api;

import gpuanalytics.processor.budget.Budget;
import gpuanalytics.processor.budget.BudgetConfig;
import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.processor.budget.FiredAlert;
import gpuanalytics.processor.budget.Period;
import gpuanalytics.processor.budget.SpendScope;
import gpuanalytics.processor.budget.Spending.Spent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Two budgets, one of which was exceeded, without a store; fails as the test says. */
final class FakeBudgets implements Budgets {

    /** Runs before every answer. */
    volatile Runnable before = () -> {};

    private volatile Held held =
            new Held(
                    List.of(
                            budget("search", Optional.of("search"), Optional.empty()),
                            budget("bo", Optional.empty(), Optional.of("bo"))),
                    Optional.of(RunningApi.SINCE),
                    Optional.of("ana"));

    private static Budget budget(String name, Optional<String> team, Optional<String> user) {
        return new Budget(
                name,
                new SpendScope(team, user, Optional.empty(), Optional.empty()),
                Period.MONTH,
                new BigDecimal("100.50"),
                List.of(80, 100));
    }

    @Override
    public BudgetConfig config() {
        return new BudgetConfig(Duration.ZERO, 10, FakePrices.MAX_BYTES, Optional.empty());
    }

    @Override
    public Held held() {
        before.run();
        return held;
    }

    @Override
    public List<State> states(List<Budget> budgets) {
        return budgets.stream().map(FakeBudgets::state).toList();
    }

    private static State state(Budget budget) {
        boolean exceeded = budget.name().equals("search");
        var start = budget.period().start(RunningApi.NOW);
        return new State(
                budget,
                start,
                budget.period().end(start),
                new Spent(new BigDecimal(exceeded ? "80.400001" : "0"), exceeded),
                exceeded ? Optional.of(new BigDecimal("83.1")) : Optional.empty(),
                exceeded ? List.of(new FiredAlert("search", 80, RunningApi.SINCE)) : List.of());
    }

    @Override
    public Held put(List<Budget> budgets, String by) {
        before.run();
        held = new Held(budgets, Optional.of(RunningApi.NOW), Optional.of(by));
        return held;
    }
}
