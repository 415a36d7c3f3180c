package gpuanalytics.processor.api;

import gpuanalytics.processor.query.FoundConflict;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.util.List;

/** Answers {@code /conflicts}. */
final class ConflictAnswers {

    static final List<String> PARAMETERS = List.of("limit", "format");

    private static final int MAX_LIMIT = 1000;

    private static final List<Column<FoundConflict>> COLUMNS =
            List.of(
                    new Column<>("seen", FoundConflict::seen),
                    new Column<>("kind", FoundConflict::kind),
                    new Column<>("topic", FoundConflict::topic),
                    new Column<>("identity", FoundConflict::identity),
                    new Column<>("at", FoundConflict::at),
                    new Column<>("detail", FoundConflict::detail));

    private final UsageQueries queries;

    ConflictAnswers(UsageQueries queries) {
        this.queries = queries;
    }

    Answer respond(Endpoint.Request request) {
        int limit = LimitParameter.of(new QueryParameters(request), MAX_LIMIT);
        return new Table<>(COLUMNS, queries.conflicts(limit)).answer(request, "conflicts", _ -> {});
    }
}
