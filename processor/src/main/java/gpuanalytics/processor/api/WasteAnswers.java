package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.WasteReport;
import gpuanalytics.processor.ledger.WasteReport.Kind;
import gpuanalytics.processor.ledger.WasteReport.Row;
import gpuanalytics.processor.ledger.WasteReport.Wasted;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code /waste}. */
final class WasteAnswers {

    /** The members of what is wasted, in a row and in the totals alike. */
    private static final List<Column<Map<Kind, Wasted>>> WASTED = columns();

    private final LedgerQueries queries;
    private final Clock clock;

    WasteAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var report = queries.waste(CostParameters.read(parameters, clock));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var table = new Table<>(columns(report, covered), report.rows());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(json -> write(json, report, covered, table)));
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private static void write(
            JsonGenerator json, WasteReport report, CoverageParts covered, Table<Row> table)
            throws IOException {
        json.writeStartObject();
        covered.write(json);
        CostParts.write(json, report.groupBy(), report.notes());
        json.writeFieldName("rows");
        table.writeTo(json);
        json.writeFieldName("totals");
        Table.writeObject(json, WASTED, report.totals(), true);
        json.writeEndObject();
    }

    private static List<Column<Row>> columns(WasteReport report, CoverageParts covered) {
        var columns = new ArrayList<Column<Row>>();
        columns.add(new Column<>("ts", row -> covered.local(row.start())));
        columns.addAll(CostParts.groupColumns(report.groupBy(), Row::group));
        for (var wasted : WASTED) {
            columns.add(new Column<>(wasted.name(), row -> wasted.value().apply(row.wasted())));
        }
        columns.add(CostParts.foldedColumn(report.groupBy(), Row::group));
        return columns;
    }

    private static List<Column<Map<Kind, Wasted>>> columns() {
        var columns = new ArrayList<Column<Map<Kind, Wasted>>>();
        for (var kind : Kind.values()) {
            columns.add(
                    new Column<>(kind.label() + ".gpu_s", wasted -> of(wasted, kind).gpuSeconds()));
            columns.add(new Column<>(kind.label() + ".usd", wasted -> of(wasted, kind).usd()));
        }
        return List.copyOf(columns);
    }

    private static Wasted of(Map<Kind, Wasted> wasted, Kind kind) {
        @Nullable Wasted found = wasted.get(kind);
        return found == null ? new Wasted(0, null) : found;
    }
}
