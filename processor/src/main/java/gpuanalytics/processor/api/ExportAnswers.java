package gpuanalytics.processor.api;

import gpuanalytics.processor.export.ExportConfig;
import gpuanalytics.processor.export.FocusColumns;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.ledger.LedgerLine;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Answers {@code /exports/ledger.csv} and {@code /exports/focus.csv}. */
final class ExportAnswers {

    static final List<String> LEDGER_PARAMETERS =
            Stream.concat(CostParameters.WHAT.stream(), Stream.of("step"))
                    .filter(name -> !name.equals("format"))
                    .toList();

    /** Times of FOCUS are UTC. */
    static final List<String> FOCUS_PARAMETERS =
            LEDGER_PARAMETERS.stream().filter(name -> !name.equals("tz")).toList();

    private static final List<CostDimension> ALL = List.of(CostDimension.values());
    private static final Step HOURS = new Step.Fixed(QueryWindow.HOUR);
    private static final Step DAYS = new Step.Fixed(Duration.ofDays(1));

    private final LedgerQueries queries;
    private final Prices prices;
    private final ExportConfig config;
    private final Clock clock;

    ExportAnswers(LedgerQueries queries, Prices prices, ExportConfig config, Clock clock) {
        this.queries = queries;
        this.prices = prices;
        this.config = config;
        this.clock = clock;
    }

    Answer ledger(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var export = queries.lines(query(parameters));
        var covered = new CoverageParts(export.coverage(), parameters.zone());
        return answer(lineColumns(covered, export.notes()), export, covered);
    }

    Answer focus(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var export = queries.charges(query(parameters));
        var columns =
                FocusColumns.of(config, prices.config().market(), export.notes()).stream()
                        .map(column -> new Column<>(column.name(), column.value()))
                        .toList();
        return answer(columns, export, new CoverageParts(export.coverage(), parameters.zone()));
    }

    private static <R> Answer answer(
            List<Column<R>> columns, LedgerExport<R> export, CoverageParts covered) {
        return CostParts.inHeader(
                covered.inHeader(Table.longCsv(columns, export.rows())), export.notes());
    }

    private CostQuery query(QueryParameters parameters) {
        var query = CostParameters.read(parameters, clock, HOURS);
        var step = query.window().step();
        boolean isOneDay =
                step.equals(DAYS)
                        || (step instanceof Step.Calendar calendar
                                && calendar.unit() == Step.Unit.DAY);
        if (!isOneDay && !step.equals(HOURS)) {
            throw new InvalidQueryException("step", step.text(), "1h or 1d");
        }
        return query;
    }

    private static List<Column<LedgerLine>> lineColumns(
            CoverageParts covered, LedgerExport.Notes notes) {
        var columns = new ArrayList<Column<LedgerLine>>();
        columns.add(new Column<>("ts", line -> covered.local(line.start())));
        columns.add(new Column<>("ts_end", line -> covered.local(line.end())));
        columns.add(new Column<>("kind", LedgerLine::kind));
        columns.addAll(CostParts.groupColumns(ALL, LedgerLine::group));
        columns.add(new Column<>("price_from", line -> covered.local(line.priceFrom())));
        columns.add(new Column<>("usd_per_gpu_hour", LedgerLine::usdPerHour));
        for (var cost : CostAnswers.COSTS) {
            columns.add(new Column<>(cost.name(), line -> cost.value().apply(line.cost())));
        }
        columns.add(CostParts.foldedColumn(ALL, LedgerLine::group));
        columns.add(new Column<>("basis", _ -> notes.basis().label()));
        columns.add(new Column<>("price_version", _ -> notes.priceVersion()));
        return columns;
    }
}
