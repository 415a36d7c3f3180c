package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
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

    private static final String BILL = "bill";
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");

    private final LedgerQueries queries;
    private final Clock clock;

    ReconcileAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    /** A bill and what the ledger has of the same time. */
    private record Reconciled(BigDecimal bill, Cost cost) {

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

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var bill = bill(parameters);
        var report = queries.costs(CostParameters.read(parameters, clock));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var reconciled = new Reconciled(bill, report.totals());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? new Table<>(columns(), List.of(reconciled)).csv()
                        : json(report, covered, reconciled);
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private static Answer json(CostReport report, CoverageParts covered, Reconciled reconciled) {
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.streamed(
                        json -> {
                            json.writeStartObject();
                            covered.write(json);
                            CostParts.write(json, report.groupBy(), report.notes());
                            json.writeFieldName("reconciled");
                            Table.writeObject(json, columns(), reconciled, true);
                            json.writeEndObject();
                        }));
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
