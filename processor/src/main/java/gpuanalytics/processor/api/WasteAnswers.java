package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.WasteReport.Kind;
import gpuanalytics.processor.ledger.WasteReport.Row;
import gpuanalytics.processor.ledger.WasteReport.Wasted;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers {@code /waste}. */
final class WasteAnswers {

    /** The members of what is wasted, in a row and in the totals alike. */
    private static final List<Column<Map<Kind, Wasted>>> WASTED = columns();

    private static final CostTable<Row, Map<Kind, Wasted>> TABLE =
            new CostTable<>(WASTED, Row::start, Row::group, Row::wasted);

    private final LedgerQueries queries;
    private final Clock clock;

    WasteAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        return TABLE.answer(request, clock, queries::waste);
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
