package gpuanalytics.bench.question;

import gpuanalytics.processor.budget.Budget;
import gpuanalytics.processor.budget.BudgetConfig;
import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.service.config.EnvironmentReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** There are none, and none can be put. */
record NoBudgets(BudgetConfig config) implements Budgets {

    static NoBudgets byDefault() {
        return new NoBudgets(BudgetConfig.read(new EnvironmentReader(Map.of())));
    }

    @Override
    public Held held() {
        return new Held(List.of(), Optional.empty(), Optional.empty());
    }

    @Override
    public List<State> states(List<Budget> budgets) {
        return List.of();
    }

    @Override
    public Held put(List<Budget> budgets, String by) {
        throw new UnsupportedOperationException("there are no budgets");
    }
}
