package gpuanalytics.processor.budget;

import gpuanalytics.processor.budget.Spending.Spent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A budget in one of its periods.
 *
 * @param start the start of the period
 * @param until what was spent before this counts
 */
record InPeriod(Budget budget, Instant start, Instant until) {

    private record Span(Instant start, Instant until) {}

    /** A budget in the period in which a moment lies, as far as it is over. */
    static InPeriod now(Budget budget, Instant now) {
        return new InPeriod(budget, budget.period().start(now), now);
    }

    /** The whole period before it. */
    InPeriod before() {
        return new InPeriod(budget, budget.period().start(start.minusSeconds(1)), start);
    }

    /** What was spent in each; what is about one time is asked for at once. */
    static List<Spent> spent(Spending spending, List<InPeriod> periods) {
        Map<Span, List<InPeriod>> bySpan = new LinkedHashMap<>();
        for (var each : periods) {
            bySpan.computeIfAbsent(new Span(each.start, each.until), _ -> new ArrayList<>())
                    .add(each);
        }
        Map<InPeriod, Spent> spent = new LinkedHashMap<>();
        bySpan.forEach(
                (span, all) -> {
                    var totals = totals(spending, span, all);
                    for (int i = 0; i < all.size(); i++) {
                        spent.put(all.get(i), totals.get(i));
                    }
                });
        return periods.stream().map(spent::get).toList();
    }

    /** Nothing is spent in a period that begins right now. */
    private static List<Spent> totals(Spending spending, Span span, List<InPeriod> all) {
        return span.start.isBefore(span.until)
                ? spending.totals(
                        all.stream().map(each -> each.budget.scope()).toList(),
                        span.start,
                        span.until)
                : all.stream().map(_ -> new Spent(BigDecimal.ZERO, true)).toList();
    }
}
