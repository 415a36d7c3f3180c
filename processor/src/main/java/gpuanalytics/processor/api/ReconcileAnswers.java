package gpuanalytics.processor.api;

import gpuanalytics.processor.bill.Bill;
import gpuanalytics.processor.bill.BillFormat.CostKind;
import gpuanalytics.processor.bill.BillQuestion;
import gpuanalytics.processor.bill.BillReader;
import gpuanalytics.processor.bill.RefusedBillException;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers {@code /reconcile}: the ledger beside a bill, and what may explain the difference. */
final class ReconcileAnswers {

    static final List<String> PARAMETERS =
            Stream.concat(CostParameters.WHAT.stream(), Stream.of("bill")).toList();

    static final List<String> FILE_PARAMETERS =
            Stream.concat(
                            CostParameters.WHAT.stream(),
                            Stream.of("cost", "instance_type", "resource", "line_type"))
                    .toList();

    private static final String BILL = "bill";
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");

    private final LedgerQueries queries;
    private final BillReader bills;
    private final Clock clock;

    ReconcileAnswers(LedgerQueries queries, BillReader bills, Clock clock) {
        this.queries = queries;
        this.bills = bills;
        this.clock = clock;
    }

    /**
     * A bill and what the ledger has of the same time.
     *
     * @param file where the bill is from; null where it is a number
     */
    private record Reconciled(BigDecimal bill, @Nullable Bill file, Cost cost) {

        @Nullable BigDecimal difference() {
            var usd = cost.usd();
            return usd == null ? null : bill.subtract(usd.total());
        }

        /** What is left of the bill without the gaps: what nobody knows is not ours to claim. */
        @Nullable BigDecimal beyondKnown() {
            var usd = cost.usd();
            return usd == null ? null : bill.subtract(usd.attributed().add(usd.idle()));
        }
    }

    /** Answers with a bill that is a number. */
    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var bill = bill(parameters);
        var query = CostParameters.read(parameters, clock);
        return answer(request, query, bill, null);
    }

    /** Answers with a bill that is a file. */
    Answer respondToFile(Endpoint.Request request) throws InterruptedException {
        var parameters = new QueryParameters(request);
        var query = CostParameters.read(parameters, clock);
        try {
            var file = bills.read(request.body(), question(parameters, query.window().inHours()));
            return answer(request, query, file.usd(), file);
        } catch (RefusedBillException e) {
            throw new ProblemException(Problem.invalidBody(e.thing(), e.value(), e.expected()));
        }
    }

    private static BillQuestion question(QueryParameters parameters, QueryWindow window) {
        return new BillQuestion(
                window.from(),
                window.to(),
                parameters.one("cost").map(ReconcileAnswers::cost).orElse(CostKind.BILLED),
                parameters.texts("instance_type"),
                parameters.texts("resource"),
                parameters.texts("line_type"));
    }

    private static CostKind cost(String name) {
        return Stream.of(CostKind.values())
                .filter(kind -> BillQuestion.label(kind).equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new InvalidQueryException(
                                        "cost", TimeText.shown(name), "billed or effective"));
    }

    private Answer answer(
            Endpoint.Request request, CostQuery query, BigDecimal bill, @Nullable Bill file) {
        var parameters = new QueryParameters(request);
        var report = queries.costs(query);
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var reconciled = new Reconciled(bill, file, report.totals());
        var columns = columns();
        if (file != null) {
            columns.addAll(fileColumns(file));
        }
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? new Table<>(columns, List.of(reconciled)).csv()
                        : json(report, covered, columns, reconciled);
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private static Answer json(
            CostReport report,
            CoverageParts covered,
            List<Column<Reconciled>> columns,
            Reconciled reconciled) {
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.streamed(
                        json -> {
                            json.writeStartObject();
                            covered.write(json);
                            CostParts.write(json, report.groupBy(), report.notes());
                            json.writeFieldName("reconciled");
                            Table.writeObject(json, columns, reconciled, true);
                            json.writeEndObject();
                        }));
    }

    private static List<Column<Reconciled>> fileColumns(Bill file) {
        var lines = file.lines();
        return List.of(
                new Column<>("bill_file.format", _ -> file.format().label()),
                new Column<>("bill_file.cost_column", _ -> file.costColumn()),
                new Column<>("bill_file.lines_counted", _ -> lines.counted()),
                new Column<>("bill_file.lines_cut", _ -> lines.cut()),
                new Column<>("bill_file.lines_outside", _ -> lines.outside()),
                new Column<>("bill_file.lines_filtered", _ -> lines.filtered()),
                new Column<>("bill_file.lines_refused", _ -> lines.refused()),
                new Column<>(
                        "bill_file.refused",
                        _ -> file.refused().stream().map(ReconcileAnswers::text).toList()),
                new Column<>("bill_file.from", _ -> file.span().map(Bill.Span::from).orElse(null)),
                new Column<>("bill_file.to", _ -> file.span().map(Bill.Span::to).orElse(null)));
    }

    private static String text(Bill.Refused refused) {
        return "%s: %d, the first in %s"
                .formatted(refused.reason(), refused.lines(), refused.example());
    }

    private static List<Column<Reconciled>> columns() {
        var columns = new ArrayList<Column<Reconciled>>();
        columns.add(new Column<>("bill_usd", Reconciled::bill));
        columns.add(new Column<>("difference_usd", Reconciled::difference));
        columns.add(new Column<>("beyond_known_usd", Reconciled::beyondKnown));
        for (var cost : CostAnswers.COSTS) {
            if (cost.name().startsWith("usd.")
                    || cost.name().startsWith("gpu_s.")
                    || List.of("unpriced_tokens", "coverage").contains(cost.name())) {
                columns.add(new Column<>(cost.name(), row -> cost.value().apply(row.cost)));
            }
        }
        return columns;
    }

    private static BigDecimal bill(QueryParameters parameters) {
        var given = parameters.one(BILL).orElse("");
        if (!AMOUNT.matcher(given).matches()) {
            throw new InvalidQueryException(
                    BILL,
                    TimeText.shown(given),
                    "an amount in USD such as 1234.56, with at most 6 digits after the point");
        }
        return new BigDecimal(given);
    }
}
