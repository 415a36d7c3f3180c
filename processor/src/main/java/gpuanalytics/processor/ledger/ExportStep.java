package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/**
 * A step of an export: an hour by GPU, or longer over all GPUs of a model.
 *
 * @param query what is read of it
 */
record ExportStep(CostQuery query) {

    /**
     * The steps of a window.
     *
     * @param hours the hours that there may be something in; steps without any are left out
     */
    static List<ExportStep> of(CostQuery query, QueryWindow window, NavigableSet<Instant> hours) {
        var steps = new ArrayList<ExportStep>();
        var hour = hours.ceiling(window.from());
        while (hour != null && hour.isBefore(window.to())) {
            var point = window.pointOf(hour);
            var pointEnd = window.endOf(point);
            var start = point.isAfter(window.from()) ? point : window.from();
            var end = pointEnd.isBefore(window.to()) ? pointEnd : window.to();
            steps.add(new ExportStep(of(query, window, start, end)));
            hour = hours.ceiling(end);
        }
        return steps;
    }

    private static CostQuery of(CostQuery query, QueryWindow window, Instant start, Instant end) {
        var isHour = window.step().equals(new Step.Fixed(QueryWindow.HOUR));
        return new CostQuery(
                new QueryWindow(start, end, new Step.Total()),
                isHour ? List.of(CostDimension.GPU) : List.of(),
                query.filters(),
                query.basis());
    }

    /** What a reading of it has; entries that have the same prices are one. */
    Entries entries(LedgerReading reading, Grouping grouping, PriceBook prices) {
        var start = query.window().from();
        var cuts = new PriceCuts(start, prices.changes(start, query.window().to()));
        var entries = new Entries();
        // an hour has many entries, of few GPUs and groups
        var gpus = new HashMap<Gpu, Gpu>();
        var groups = new HashMap<Group, Group>();
        reading.forEach(
                (hour, key, amounts) -> {
                    var gpu = grouping.gpu(hour, key);
                    if (gpu != null) {
                        var named =
                                new EntryKey(
                                        key.kind(),
                                        gpus.computeIfAbsent(gpu, same -> same),
                                        cuts.startOf(key.from()),
                                        key.providedMicroUsd(),
                                        groups.computeIfAbsent(key.group(), same -> same));
                        entries.of(named).add(amounts);
                    }
                });
        return entries;
    }

    ExportRows.Entry entry(Map.Entry<EntryKey, Amounts> entry) {
        return new ExportRows.Entry(
                query.window().from(), query.window().to(), entry.getKey(), entry.getValue());
    }
}
