package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.LedgerReport;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How an answer about money is laid out: rows of a time and a group, their totals, and what the
 * reader must know of them.
 *
 * @param members the members of a value, in a row and in the totals alike
 * @param start when a row begins
 * @param group a row's group
 * @param value what a row tells of it
 */
record CostTable<R, V>(
        List<Column<V>> members,
        Function<R, Instant> start,
        Function<R, List<@Nullable String>> group,
        Function<R, V> value) {

    /** Reads what is asked for, asks the ledger, and lays out what it says. */
    Answer answer(
            Endpoint.Request request, Clock clock, Function<CostQuery, LedgerReport<R, V>> ledger) {
        var parameters = new QueryParameters(request);
        var report = ledger.apply(CostParameters.read(parameters, clock));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var table = new Table<>(columns(report.groupBy(), covered), report.rows());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(json -> write(json, report, covered, table)));
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private void write(
            JsonGenerator json, LedgerReport<R, V> report, CoverageParts covered, Table<R> table)
            throws IOException {
        json.writeStartObject();
        covered.write(json);
        CostParts.write(json, report.groupBy(), report.notes());
        json.writeFieldName("rows");
        table.writeTo(json);
        json.writeFieldName("totals");
        Table.writeObject(json, members, report.totals(), true);
        json.writeEndObject();
    }

    private List<Column<R>> columns(List<CostDimension> groupBy, CoverageParts covered) {
        var columns = new ArrayList<Column<R>>();
        columns.add(new Column<>("ts", row -> covered.local(start.apply(row))));
        columns.addAll(CostParts.groupColumns(groupBy, group));
        for (var member : members) {
            columns.add(new Column<>(member.name(), row -> member.value().apply(value.apply(row))));
        }
        columns.add(CostParts.foldedColumn(groupBy, group));
        return columns;
    }
}
