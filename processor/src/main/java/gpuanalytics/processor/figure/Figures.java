package gpuanalytics.processor.figure;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.processor.figure.Gauges.Figure;
import gpuanalytics.processor.figure.Gauges.Value;
import gpuanalytics.processor.ledger.Basis;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.LatestSamplesQuery;
import gpuanalytics.processor.query.QueryTimeoutException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.query.UsageQueries;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks what the fleet does, what the last 24 whole hours and the present one cost and how budgets
 * stand.
 */
public final class Figures {

    private static final Logger log = LoggerFactory.getLogger(Figures.class);

    private static final Duration DAY = Duration.ofHours(24);

    /** A GPU that has sent nothing for longer does nothing that could be told. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final String NONE = "none";
    private static final String OTHERS = "others";

    private static final Set<Figure> OF_FLEET = EnumSet.range(Figure.GPUS, Figure.XID);
    private static final Set<Figure> OF_COSTS = EnumSet.range(Figure.USD, Figure.WASTE);
    private static final Set<Figure> OF_BUDGETS = EnumSet.range(Figure.BUDGET, Figure.FORECAST);

    private final UsageQueries usage;
    private final LedgerQueries ledger;
    private final Budgets budgets;
    private final FigureConfig config;
    private final Gauges gauges;
    private final Clock clock;

    public Figures(
            UsageQueries usage,
            LedgerQueries ledger,
            Budgets budgets,
            FigureConfig config,
            MeterRegistry registry,
            Clock clock) {
        this.usage = usage;
        this.ledger = ledger;
        this.budgets = budgets;
        this.config = config;
        this.gauges = new Gauges(registry);
        this.clock = clock;
    }

    /** Asks once. */
    public void look() {
        asked(OF_FLEET, this::fleet);
        asked(OF_COSTS, this::costs);
        asked(OF_BUDGETS, this::budgets);
    }

    private void asked(Set<Figure> figures, Runnable question) {
        try {
            question.run();
        } catch (StoreUnavailableException | QueryTimeoutException | InvalidQueryException e) {
            gauges.forget(figures);
            log.atInfo().addKeyValue("why", e.getMessage()).log("some figures are not known now");
        }
    }

    private void fleet() {
        var query = new LatestSamplesQuery(List.of(), List.of(), List.of(), List.of(), MAX_AGE);
        var byModel = new TreeMap<String, List<Event>>();
        for (var latest : usage.latestSamples(query).samples()) {
            var sample = latest.sample();
            // the board counts, not its instances
            if (sample.get(GpuMetric.MIG_ID) == null && hasRoom(byModel, sample)) {
                byModel.computeIfAbsent(modelOf(sample), _ -> new ArrayList<>()).add(sample);
            }
        }
        gauges.tell(Figure.GPUS, ofModels(byModel, samples -> (double) samples.size()));
        gauges.tell(Figure.UTILIZATION, ofModels(byModel, mean(GpuMetric.UTILIZATION)));
        gauges.tell(Figure.MEMORY_USED, ofModels(byModel, sum(GpuMetric.MEM_USED_BYTES)));
        gauges.tell(Figure.MEMORY, ofModels(byModel, sum(GpuMetric.MEM_TOTAL_BYTES)));
        gauges.tell(Figure.POWER, ofModels(byModel, sum(GpuMetric.POWER_W)));
        gauges.tell(Figure.XID, ofModels(byModel, Figures::withXid));
    }

    private boolean hasRoom(Map<String, List<Event>> byModel, Event sample) {
        return byModel.size() < config.most() || byModel.containsKey(modelOf(sample));
    }

    private static String modelOf(Event sample) {
        return sample.require(GpuMetric.NAME);
    }

    private static List<Value> ofModels(
            Map<String, List<Event>> byModel, Function<List<Event>, @Nullable Double> number) {
        var values = new ArrayList<Value>();
        byModel.forEach(
                (model, samples) -> {
                    var told = number.apply(samples);
                    if (told != null) {
                        values.add(Value.of("gpu_model", model, told));
                    }
                });
        return values;
    }

    private static Function<List<Event>, @Nullable Double> sum(Field<? extends Number> field) {
        return samples -> {
            var known = known(samples, field);
            return known.isEmpty() ? null : known.stream().mapToDouble(each -> each).sum();
        };
    }

    private static Function<List<Event>, @Nullable Double> mean(Field<? extends Number> field) {
        return samples -> {
            var known = known(samples, field);
            return known.isEmpty()
                    ? null
                    : known.stream().mapToDouble(each -> each).sum() / known.size();
        };
    }

    private static @Nullable Double withXid(List<Event> samples) {
        var known = known(samples, GpuMetric.XID);
        return known.isEmpty() ? null : (double) known.stream().filter(each -> each > 0).count();
    }

    private static List<Double> known(List<Event> samples, Field<? extends Number> field) {
        var known = new ArrayList<Double>();
        for (var sample : samples) {
            var value = sample.get(field);
            if (value != null) {
                known.add(value.doubleValue());
            }
        }
        return known;
    }

    private void costs() {
        var now = clock.instant();
        var window = QueryWindow.of(now.minus(DAY), now, new Step.Total()).inHours();
        var reports =
                ledger.costs(
                        List.of(by(window, CostDimension.TEAM), by(window, CostDimension.MODEL)));
        gauges.tell(Figure.USD, dollars(reports.getFirst()));
        var models = reports.getLast();
        gauges.tell(
                Figure.USD_PER_MILLION,
                ofRows(models, "model", cost -> number(cost.rates().usdPerMillion())));
        gauges.tell(
                Figure.JOULES_PER_TOKEN,
                ofRows(models, "model", cost -> cost.rates().joulesPerToken()));
        var coverage = models.totals().coverage();
        gauges.tell(
                Figure.COVERAGE,
                coverage == null ? List.of() : List.of(new Value(Tags.empty(), coverage)));
        var waste = new ArrayList<Value>();
        ledger.waste(new CostQuery(window, List.of(), Map.of(), Basis.ALLOCATION))
                .totals()
                .forEach(
                        (kind, wasted) ->
                                waste.add(Value.of("kind", kind.label(), wasted.gpuSeconds())));
        gauges.tell(Figure.WASTE, waste);
    }

    private static CostQuery by(QueryWindow window, CostDimension dimension) {
        return new CostQuery(window, List.of(dimension), Map.of(), Basis.ALLOCATION);
    }

    private List<CostReport.Row> dearest(CostReport report) {
        return report.rows().stream()
                .filter(row -> row.cost().usd() != null)
                .sorted(Comparator.comparing((CostReport.Row row) -> total(row.cost())).reversed())
                .limit(config.most())
                .toList();
    }

    /**
     * Those that cost most, each in its parts, and all others: together the whole. Two that are
     * shown alike, such as no team and a team without a name, are one metric.
     */
    private List<Value> dollars(CostReport report) {
        var left = report.totals().usd();
        if (left == null) {
            return List.of();
        }
        var byTeam = new LinkedHashMap<String, CostReport.Dollars>();
        var shown = dearest(report);
        for (var row : shown) {
            var usd = row.cost().usd();
            if (usd != null) {
                byTeam.merge(nameOf(row), usd, Figures::sum);
                left =
                        new CostReport.Dollars(
                                left.attributed().subtract(usd.attributed()),
                                left.idle().subtract(usd.idle()),
                                left.unknown().subtract(usd.unknown()));
            }
        }
        if (shown.size() < report.rows().size()) {
            byTeam.merge(OTHERS, left, Figures::sum);
        }
        var values = new ArrayList<Value>();
        byTeam.forEach((team, usd) -> add(values, team, usd));
        return values;
    }

    private static CostReport.Dollars sum(CostReport.Dollars one, CostReport.Dollars other) {
        return new CostReport.Dollars(
                one.attributed().add(other.attributed()),
                one.idle().add(other.idle()),
                one.unknown().add(other.unknown()));
    }

    private static void add(List<Value> values, String team, CostReport.Dollars usd) {
        Map.of("attributed", usd.attributed(), "idle", usd.idle(), "unknown", usd.unknown())
                .forEach(
                        (part, number) ->
                                values.add(
                                        new Value(
                                                Tags.of("team", team, "part", part),
                                                number.doubleValue())));
    }

    private List<Value> ofRows(
            CostReport report, String label, Function<Cost, @Nullable Double> number) {
        var values = new ArrayList<Value>();
        for (var row : dearest(report)) {
            var told = number.apply(row.cost());
            if (told != null) {
                values.add(Value.of(label, nameOf(row), told));
            }
        }
        return values;
    }

    private static String nameOf(CostReport.Row row) {
        var name = GroupValue.text(row.group().getFirst());
        return name == null || name.isEmpty() ? NONE : name;
    }

    private static BigDecimal total(Cost cost) {
        var usd = cost.usd();
        return usd == null ? BigDecimal.ZERO : usd.total();
    }

    private static @Nullable Double number(@Nullable BigDecimal number) {
        return number == null ? null : number.doubleValue();
    }

    private void budgets() {
        var held = budgets.held().budgets();
        var states = budgets.states(held.subList(0, Math.min(held.size(), config.most())));
        gauges.tell(Figure.BUDGET, ofBudgets(states, state -> state.budget().usd()));
        gauges.tell(Figure.SPENT, ofBudgets(states, state -> state.spent().usd()));
        gauges.tell(Figure.FORECAST, ofBudgets(states, state -> state.forecastUsd().orElse(null)));
    }

    private static List<Value> ofBudgets(
            List<Budgets.State> states, Function<Budgets.State, @Nullable BigDecimal> number) {
        var values = new ArrayList<Value>();
        for (var state : states) {
            var told = number.apply(state);
            if (told != null) {
                values.add(Value.of("budget", state.budget().name(), told.doubleValue()));
            }
        }
        return values;
    }
}
