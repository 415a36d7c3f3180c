package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.Basis;
import gpuanalytics.processor.ledger.Charge;
import gpuanalytics.processor.ledger.Charge.Meter;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.CostReport.Energy;
import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.CostReport.Notes;
import gpuanalytics.processor.ledger.CostReport.Rates;
import gpuanalytics.processor.ledger.CostReport.Row;
import gpuanalytics.processor.ledger.CostReport.Tokens;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.ledger.LedgerLine;
import gpuanalytics.processor.ledger.SharingReport;
import gpuanalytics.processor.ledger.WasteReport;
import gpuanalytics.processor.ledger.WasteReport.Wasted;
import gpuanalytics.processor.ledger.WhatIfQuery;
import gpuanalytics.processor.ledger.WhatIfReport;
import gpuanalytics.processor.ledger.WhatIfReport.BreakEven;
import gpuanalytics.processor.ledger.WhatIfReport.Gpus;
import gpuanalytics.processor.ledger.WhatIfReport.Money;
import gpuanalytics.processor.ledger.WhatIfReport.Scenario;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.QueryWindow;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers about money as tests show them: one with everything, one with nothing. */
final class Costs {

    private static final Cost WHOLE =
            new Cost(
                    new Dollars(usd("0.000001"), usd("12.5"), usd("0")),
                    new GpuTime(30.5, 3600, 0, 1.25),
                    new Tokens(3, 1, 1000L, 200L, 10L, 5L, 7L, 42, 1),
                    new Rates(usd("0.9"), usd("1.25"), usd("0.000002"), 0.5),
                    new Energy(12.5, 1, 0),
                    0.75,
                    List.of("time", "tokens"));

    private static final Cost NOTHING =
            new Cost(
                    null,
                    null,
                    new Tokens(0, 0, null, null, null, null, null, 0, 0),
                    new Rates(null, null, null, null),
                    null,
                    null,
                    List.of());

    private Costs() {}

    static CostReport report(CostQuery query) {
        var start = query.window().from();
        return new CostReport(
                coverage(query),
                query.groupBy(),
                List.of(
                        new Row(start, group(query, "search"), WHOLE),
                        new Row(start, group(query, null), NOTHING),
                        new Row(start, group(query, GroupValue.FOLDED), NOTHING)),
                WHOLE,
                notes());
    }

    static WasteReport waste(CostQuery query) {
        var wasted = new EnumMap<WasteReport.Kind, Wasted>(WasteReport.Kind.class);
        for (var kind : WasteReport.Kind.values()) {
            wasted.put(kind, new Wasted(3600, kind == WasteReport.Kind.IDLE ? usd("2.49") : null));
        }
        return new WasteReport(
                coverage(query),
                query.groupBy(),
                List.of(new WasteReport.Row(query.window().from(), group(query, "search"), wasted)),
                wasted,
                notes());
    }

    static LedgerExport<LedgerLine> lines(CostQuery query) {
        var start = query.window().from();
        var end = start.plus(QueryWindow.HOUR);
        var line = new LedgerLine(start, end, "used", start, usd("2.5"), everyLabel("=x"), WHOLE);
        var bare = new LedgerLine(start, end, "owned", start, null, everyLabel(null), NOTHING);
        return export(query, List.of(line, bare));
    }

    /** One of each kind; idle time has no labels. */
    static LedgerExport<Charge> charges(CostQuery query) {
        var charges = new ArrayList<Charge>();
        for (var meter : Meter.values()) {
            charges.add(charge(query.window().from(), meter));
        }
        return export(query, charges);
    }

    private static Charge charge(Instant start, Meter meter) {
        var isOwn = meter == Meter.OWN_INPUT || meter == Meter.OWN_OUTPUT;
        return new Charge(
                start,
                start.plus(QueryWindow.HOUR),
                everyLabel(meter == Meter.GPU_IDLE ? null : "=x"),
                meter,
                meter.isTime() ? 1_200_000_000L : 500_000,
                isOwn ? BigDecimal.ZERO : usd("2.5"),
                meter == Meter.GPU_OUTPUT,
                isOwn
                        ? usd("0.000000")
                        : meter.isTime() ? usd("0.8333333333333333") : usd("1.250000"));
    }

    private static List<@Nullable String> everyLabel(@Nullable String value) {
        return new ArrayList<@Nullable String>(
                Collections.nCopies(CostDimension.values().length, value));
    }

    private static <R> LedgerExport<R> export(CostQuery query, List<R> rows) {
        return new LedgerExport<>(
                coverage(query),
                new LedgerExport.Notes(query.basis(), "0123456789ab", 1),
                sink -> {
                    for (var row : rows) {
                        sink.accept(row);
                    }
                });
    }

    /** The ledger, a fleet and an API model without a price for all of the tokens. */
    static WhatIfReport whatIf(WhatIfQuery query, CostReport costs) {
        return new WhatIfReport(
                costs.coverage(),
                1.5,
                query.pricesAt(),
                List.of(
                        whatIfRow(
                                Scenario.LEDGER,
                                null,
                                new Gpus(1.5, 2.25, 0.25, 0.5, usd("3.5")),
                                null),
                        whatIfRow(
                                Scenario.FLEET,
                                "NVIDIA L4",
                                new Gpus(null, 2.25, 2.25, null, null),
                                null),
                        whatIfRow(Scenario.API, "=gpt", null, new BreakEven(1e6, 1.25)),
                        whatIfRow(Scenario.API, "gpt-5", null, new BreakEven(0.5, null))),
                costs.notes());
    }

    private static WhatIfReport.Row whatIfRow(
            Scenario scenario,
            @Nullable String model,
            @Nullable Gpus gpus,
            @Nullable BreakEven breakEven) {
        boolean isLedger = scenario == Scenario.LEDGER;
        return new WhatIfReport.Row(
                scenario,
                model,
                isLedger ? null : "https://example.org/",
                isLedger ? 1200L : null,
                new Money(
                        isLedger ? usd("12.5") : null,
                        null,
                        usd("12.5"),
                        null,
                        isLedger ? null : usd("-0.000001")),
                gpus,
                42,
                breakEven);
    }

    /** A pair with a price, and one without. */
    static SharingReport sharing(CostQuery query) {
        return new SharingReport(
                coverage(query),
                List.of(
                        new SharingReport.Row(
                                "=llama", "qwen", "H100", 2, 50L << 30, 80L << 30, 0.375, usd("9")),
                        new SharingReport.Row(
                                "qwen", "mistral", "A100", 1, 1L << 30, 40L << 30, 0.8, null)),
                notes());
    }

    private static Notes notes() {
        return new Notes(
                Basis.ALLOCATION,
                "0123456789ab",
                1,
                List.of("gpt-4o"),
                List.of("NVIDIA Nothing"),
                List.of(CostDimension.USER));
    }

    private static Coverage coverage(CostQuery query) {
        var window = query.window().inHours();
        return new Coverage(window, false, true, RunningApi.SINCE);
    }

    private static List<@Nullable String> group(CostQuery query, @Nullable String value) {
        return new ArrayList<@Nullable String>(Collections.nCopies(query.groupBy().size(), value));
    }

    private static BigDecimal usd(String text) {
        return new BigDecimal(text);
    }
}
