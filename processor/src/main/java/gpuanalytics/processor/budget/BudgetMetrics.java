package gpuanalytics.processor.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What is counted of budgets. Any thread may count. */
public final class BudgetMetrics {

    /** What became of an attempt to tell somebody. */
    enum Outcome {
        DELIVERED,
        FAILED,
        GIVEN_UP
    }

    private final Counter alerts;
    private final Map<Outcome, Counter> messages = new EnumMap<>(Outcome.class);

    public BudgetMetrics(MeterRegistry registry) {
        alerts = Counter.builder("processor.budget.alerts").register(registry);
        for (var outcome : Outcome.values()) {
            messages.put(
                    outcome,
                    Counter.builder("processor.budget.messages")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void fired() {
        alerts.increment();
    }

    void sent(Outcome outcome) {
        Objects.requireNonNull(messages.get(outcome)).increment();
    }
}
