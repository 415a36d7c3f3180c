package gpuanalytics.local;

import gpuanalytics.local.ApiClient.Fleet;
import gpuanalytics.local.ApiClient.Model;
import gpuanalytics.processor.ProcessorStats;
import gpuanalytics.service.text.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Shows how the run is doing: a table that stays in its place on a terminal, else a line. */
final class LiveTable {

    private static final double GIB = 1 << 30;
    private static final String ROW = "  %-28s %12s %14s %14s %10s %9s %9s %10s";

    private final PrintStream out;
    private final boolean inPlace;
    private final Map<String, Long> tokensBefore = new HashMap<>();
    private long shownAtNanos;
    private int shownLines;

    LiveTable(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    void show(ProcessorStats stats, List<Model> models, Fleet fleet, Bill bill, long nowNanos) {
        var elapsed = shownAtNanos == 0 ? 0 : (nowNanos - shownAtNanos) / 1e9;
        var rates = rates(models, elapsed);
        shownAtNanos = nowNanos;
        if (!inPlace) {
            out.println(line(stats, models, rates, fleet, bill));
            return;
        }
        if (shownLines > 0) {
            out.printf("\u001b[%dA\u001b[J", shownLines);
        }
        var lines = lines(stats, models, rates, fleet, bill);
        lines.forEach(out::println);
        out.flush();
        shownLines = lines.size();
    }

    /** Tokens per second since the table was shown before. */
    private Map<String, OptionalDouble> rates(List<Model> models, double elapsedSeconds) {
        var rates = new HashMap<String, OptionalDouble>();
        for (var model : models) {
            long tokens = model.promptTokens() + model.completionTokens();
            var before = tokensBefore.put(model.name(), tokens);
            rates.put(
                    model.name(),
                    before == null || elapsedSeconds <= 0
                            ? OptionalDouble.empty()
                            : OptionalDouble.of((tokens - before) / elapsedSeconds));
        }
        return rates;
    }

    private static List<String> lines(
            ProcessorStats stats,
            List<Model> models,
            Map<String, OptionalDouble> rates,
            Fleet fleet,
            Bill bill) {
        var lines = new ArrayList<String>();
        lines.add(
                "  events in %,d   stored %,d   duplicates %,d   rejected %,d   lag %s"
                        .formatted(
                                stats.received(),
                                stats.stored(),
                                stats.duplicates(),
                                stats.rejected(),
                                lag("%,d", stats)));
        lines.add("");
        lines.add(
                ROW.formatted(
                        "model",
                        "requests",
                        "prompt tok",
                        "compl tok",
                        "tok/s",
                        "p50 ms",
                        "p95 ms",
                        "USD/M tok"));
        for (var model : models) {
            lines.add(row(model, rates.get(model.name()), bill));
        }
        lines.add("");
        lines.add("  " + fleetText(fleet));
        lines.add("  " + costText(bill));
        return lines;
    }

    private static String row(Model model, @Nullable OptionalDouble rate, Bill bill) {
        return ROW.formatted(
                cut(model.name()),
                "%,d".formatted(model.requests()),
                "%,d".formatted(model.promptTokens()),
                "%,d".formatted(model.completionTokens()),
                number(rate),
                number(model.p50Ms()),
                number(model.p95Ms()),
                usdPerMillion(bill, model));
    }

    private static String line(
            ProcessorStats stats,
            List<Model> models,
            Map<String, OptionalDouble> rates,
            Fleet fleet,
            Bill bill) {
        var perModel = new StringBuilder();
        for (var model : models) {
            perModel.append(
                    " | %s: requests %d prompt %d completion %d tok/s %s p50 %s p95 %s ms USD/M tok %s"
                            .formatted(
                                    Printable.of(model.name()),
                                    model.requests(),
                                    model.promptTokens(),
                                    model.completionTokens(),
                                    number(rates.get(model.name())),
                                    number(model.p50Ms()),
                                    number(model.p95Ms()),
                                    usdPerMillion(bill, model)));
        }
        return "in %d stored %d rejected %d lag %s%s | %s | %s"
                .formatted(
                        stats.received(),
                        stats.stored(),
                        stats.rejected(),
                        lag("%d", stats),
                        perModel,
                        fleetText(fleet),
                        costText(bill));
    }

    /** Not 0 where nobody knows: the broker has not said yet, or not lately, what there is. */
    private static String lag(String format, ProcessorStats stats) {
        return stats.lag() < 0 ? "-" : format.formatted(stats.lag());
    }

    private static String fleetText(Fleet fleet) {
        return "fleet: %d GPUs, mean utilisation %s, memory %s GiB, power %s W"
                .formatted(
                        fleet.gpus(),
                        fleet.utilization().isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        "%.1f %%",
                                        fleet.utilization().getAsDouble() * 100)
                                : "-",
                        fleet.memoryBytes().isPresent()
                                ? number(OptionalDouble.of(fleet.memoryBytes().getAsDouble() / GIB))
                                : "-",
                        number(fleet.watts()));
    }

    private static String costText(Bill bill) {
        return "cost: %s USD/h, idle %s, %s J/token"
                .formatted(
                        exact(bill.usdPerHour(), "%,.2f", 1),
                        exact(bill.idleShare(), "%.1f %%", 100),
                        exact(bill.joulesPerToken(), "%,.2f", 1));
    }

    private static String exact(OptionalDouble value, String format, double times) {
        return value.isEmpty()
                ? "-"
                : String.format(Locale.ROOT, format, value.getAsDouble() * times);
    }

    private static String usdPerMillion(Bill bill, Model model) {
        var usd = bill.usdPerMillionTokens().get(model.name());
        return usd == null ? "-" : String.format(Locale.ROOT, "%,.3f", usd);
    }

    private static String number(@Nullable OptionalDouble value) {
        return value == null || value.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        value.getAsDouble() < 100 ? "%.1f" : "%,.0f",
                        value.getAsDouble());
    }

    /** As much of a name as a column has room for. */
    private static String cut(String name) {
        var shown = Printable.of(name);
        return shown.codePointCount(0, shown.length()) <= 28
                ? shown
                : shown.substring(0, shown.offsetByCodePoints(0, 27)) + "…";
    }
}
