package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.SharingReport.Row;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
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
        return CostParts.answer(request, covered, report.notes(), table, _ -> {});
    }
}
