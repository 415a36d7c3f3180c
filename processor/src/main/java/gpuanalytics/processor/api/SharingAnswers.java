package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.SharingReport;
import gpuanalytics.processor.ledger.SharingReport.Row;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.time.Clock;
import java.util.List;

/** Answers {@code /waste/sharing}: models whose GPUs could hold each other. */
final class SharingAnswers {

    private static final List<Column<Row>> COLUMNS =
            List.of(
                    new Column<>("model", Row::model),
                    new Column<>("other", Row::other),
                    new Column<>("gpu_model", Row::gpuModel),
                    new Column<>("gpus", Row::gpus),
                    new Column<>("mem_used_bytes", Row::memUsedBytes),
                    new Column<>("mem_total_bytes", Row::memTotalBytes),
                    new Column<>("utilization", Row::utilization),
                    new Column<>("usd", Row::usd));

    private final LedgerQueries queries;
    private final Clock clock;

    SharingAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var report = queries.sharing(CostParameters.read(parameters, clock));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var table = new Table<>(COLUMNS, report.rows());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : json(report, covered, table);
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private static Answer json(SharingReport report, CoverageParts covered, Table<Row> table) {
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.streamed(
                        json -> {
                            json.writeStartObject();
                            covered.write(json);
                            CostParts.write(json, List.of(), report.notes());
                            json.writeFieldName("rows");
                            table.writeTo(json);
                            json.writeEndObject();
                        }));
    }
}
