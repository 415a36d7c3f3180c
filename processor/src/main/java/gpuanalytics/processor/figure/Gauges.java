package gpuanalytics.processor.figure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The figures as gauges. What is not known has none: it is never zero, and never an old one. */
final class Gauges {

    /** What is told. */
    enum Figure {
        GPUS("processor.fleet.gpus"),
        UTILIZATION("processor.fleet.utilization"),
        MEMORY_USED("processor.fleet.memory.used.bytes"),
        MEMORY("processor.fleet.memory.bytes"),
        POWER("processor.fleet.power.watts"),
        XID("processor.fleet.xid.gpus"),
        USD("processor.cost.day.usd"),
        USD_PER_MILLION("processor.cost.day.usd.per.million.tokens"),
        JOULES_PER_TOKEN("processor.cost.day.joules.per.token"),
        COVERAGE("processor.cost.day.coverage"),
        WASTE("processor.waste.day.gpu.seconds"),
        BUDGET("processor.budget.usd"),
        SPENT("processor.budget.spent.usd"),
        FORECAST("processor.budget.forecast.usd");

        private final String metric;

        Figure(String metric) {
            this.metric = metric;
        }
    }

    /** A value and what it is of. */
    record Value(Tags of, double number) {

        static Value of(String label, String text, double number) {
            return new Value(Tags.of(label, text), number);
        }
    }

    private final Map<Figure, MultiGauge> gauges = new EnumMap<>(Figure.class);

    Gauges(MeterRegistry registry) {
        for (var figure : Figure.values()) {
            gauges.put(figure, MultiGauge.builder(figure.metric).register(registry));
        }
    }

    /** Tells these in place of those before. */
    void tell(Figure figure, List<Value> values) {
        var rows =
                values.stream()
                        .map(value -> MultiGauge.Row.of(value.of(), value.number()))
                        .toList();
        Objects.requireNonNull(gauges.get(figure)).register(rows, true);
    }

    /** Nothing is known of these any more. */
    void forget(Iterable<Figure> figures) {
        figures.forEach(figure -> tell(figure, List.of()));
    }
}
