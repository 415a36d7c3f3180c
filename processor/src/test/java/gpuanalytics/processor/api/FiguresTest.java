package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.figure.FigureConfig;
import gpuanalytics.processor.figure.Figures;
import gpuanalytics.processor.query.StoreUnavailableException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures among the metrics are the answers of the API. */
class FiguresTest {

    private final FakeUsageQueries usage = new FakeUsageQueries();
    private final FakeLedgerQueries ledger = new FakeLedgerQueries();
    private final FakeBudgets budgets = new FakeBudgets();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Figures figures(int most) {
        usage.latestSamples = _ -> DashboardData.gpus(16);
        ledger.costs = query -> DashboardData.costs(query, 1);
        ledger.waste = DashboardData::waste;
        return new Figures(
                usage,
                ledger,
                budgets,
                new FigureConfig(Duration.ofSeconds(1), most),
                registry,
                Clock.fixed(RunningApi.NOW, ZoneOffset.UTC));
    }

    /** Every sample of a metric by its labels. */
    private Map<String, Double> told(String metric) {
        var samples = new TreeMap<String, Double>();
        for (var line : registry.scrape().lines().toList()) {
            if (line.matches(metric + "[{ ].*")) {
                int end = line.lastIndexOf(' ');
                samples.put(
                        line.substring(metric.length(), end),
                        Double.valueOf(line.substring(end + 1)));
            }
        }
        return samples;
    }

    @Test
    void theFleetIsThatOfItsSamplesAndWhatNoneTellsIsAbsent() {
        figures(50).look();

        var model = "{gpu_model=\"NVIDIA H100 80GB HBM3\"}";
        assertEquals(Map.of(model, 16.0), told("processor_fleet_gpus"));
        // one of the sixteen tells nothing of itself
        double sum = (0 + 1 + 2 + 3 + 4 + 5 + 6 + 7) / 8.0 * 2 - 1 / 8.0;
        assertEquals(
                sum / 15, told("processor_fleet_utilization").getOrDefault(model, -1.0), 1e-12);
        assertEquals(15.0 * (80L << 30), told("processor_fleet_memory_bytes").get(model));
        assertEquals(Map.of(model, 1.0), told("processor_fleet_xid_gpus"));
    }

    @ParameterizedTest
    @CsvSource({"2,3", "50,7"})
    void dollarsAreTheWholeHoweverFewTeamsHaveTheirOwn(int most, int expected) {
        figures(most).look();

        var dollars = told("processor_cost_day_usd");
        var teams =
                dollars.keySet().stream()
                        .map(labels -> labels.replaceAll(".*team=\"(.*)\".*", "$1"))
                        .collect(Collectors.toSet());
        assertEquals(expected, teams.size(), teams::toString);
        assertTrue(teams.contains("others"), teams::toString);
        double whole = 27 * (1.234567 + 331.000001 + 0.0003);
        assertEquals(
                whole,
                dollars.values().stream().mapToDouble(each -> each).sum(),
                1e-6,
                dollars::toString);
        assertEquals(Map.of("", 1 - 27 / 100.0), told("processor_cost_day_coverage"));
        assertEquals(28 * 900.0, told("processor_waste_day_gpu_seconds").get("{kind=\"idle\"}"));
    }

    @Test
    void aBudgetWithoutForecastHasNone() {
        figures(50).look();

        assertEquals(2, told("processor_budget_usd").size());
        assertEquals(80.400001, told("processor_budget_spent_usd").get("{budget=\"search\"}"));
        assertEquals(Map.of("{budget=\"search\"}", 83.1), told("processor_budget_forecast_usd"));
    }

    @Test
    void whatIsNotKnownAnyMoreIsNotToldAnyMore() {
        var figures = figures(50);
        figures.look();
        var away = new StoreUnavailableException("away", new IOException("connection refused"));
        ledger.costs =
                _ -> {
                    throw away;
                };

        figures.look();

        assertEquals(Map.of(), told("processor_cost_day_usd"));
        assertEquals(Map.of(), told("processor_waste_day_gpu_seconds"));
        assertEquals(1, told("processor_fleet_gpus").size());
        assertEquals(2, told("processor_budget_usd").size());
    }
}
