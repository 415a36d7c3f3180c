package gpuanalytics.processor.budget;

import gpuanalytics.processor.budget.Spending.Spent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The budgets that hold on every processor. Any thread may ask; each call throws {@link
 * gpuanalytics.processor.query.StoreUnavailableException} when the store does not answer.
 */
public interface Budgets {

    /**
     * The budgets that were put last.
     *
     * @param createdAt when; empty where none were put
     * @param by who; empty where none were put
     */
    record Held(List<Budget> budgets, Optional<Instant> createdAt, Optional<String> by) {}

    /**
     * How a budget stands in the present period.
     *
     * @param forecastUsd what will have been spent at its end; empty where nothing is known of the
     *     past
     * @param fired the shares that were reached, the lowest first
     */
    record State(
            Budget budget,
            Instant periodStart,
            Instant periodEnd,
            Spent spent,
            Optional<BigDecimal> forecastUsd,
            List<FiredAlert> fired) {}

    /** What was configured. */
    BudgetConfig config();

    /** The budgets. */
    Held held();

    /** How each of some budgets stands. */
    List<State> states(List<Budget> budgets);

    /**
     * Puts budgets in place of those there are; the same ones are not kept again.
     *
     * @param by who puts them
     */
    Held put(List<Budget> budgets, String by);
}
