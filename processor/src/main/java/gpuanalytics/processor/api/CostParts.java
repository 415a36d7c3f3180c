package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostReport.Notes;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the answers about money have in common. */
final class CostParts {

    private CostParts() {}

    /** The columns of a row's group, and which of its labels are folded. */
    static <R> List<Column<R>> groupColumns(
            List<CostDimension> groupBy, Function<R, List<@Nullable String>> group) {
        var columns = new ArrayList<Column<R>>();
        for (int i = 0; i < groupBy.size(); i++) {
            int place = i;
            columns.add(
                    new Column<>(
                            groupBy.get(i).label(),
                            row -> GroupValue.text(group.apply(row).get(place))));
        }
        return columns;
    }

    static <R> Column<R> foldedColumn(
            List<CostDimension> groupBy, Function<R, List<@Nullable String>> group) {
        return new Column<>(
                "folded",
                row -> {
                    var folded = new ArrayList<String>();
                    for (int i = 0; i < groupBy.size(); i++) {
                        if (GroupValue.isFolded(group.apply(row).get(i))) {
                            folded.add(groupBy.get(i).label());
                        }
                    }
                    return folded;
                });
    }

    /** Writes members of an answer. */
    interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * An answer of rows that have no totals, as JSON or as CSV.
     *
     * @param more what stands before the rows
     */
    static <R> Answer answer(
            Endpoint.Request request,
            CoverageParts covered,
            Notes notes,
            Table<R> table,
            Members more) {
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(
                                        json -> {
                                            json.writeStartObject();
                                            covered.write(json);
                                            write(json, List.of(), notes);
                                            more.write(json);
                                            json.writeFieldName("rows");
                                            table.writeTo(json);
                                            json.writeEndObject();
                                        }));
        return inHeader(covered.inHeader(answer), notes);
    }

    static void write(JsonGenerator json, List<CostDimension> groupBy, Notes notes)
            throws IOException {
        json.writeStringField("basis", notes.basis().label());
        json.writeStringField("price_version", notes.priceVersion());
        json.writeNumberField("open_hours", notes.openHours());
        json.writeFieldName("unpriced_models");
        JsonValues.write(json, notes.unpricedModels());
        json.writeFieldName("unpriced_gpus");
        JsonValues.write(json, notes.unpricedGpus());
        json.writeFieldName("folded");
        JsonValues.write(json, labels(notes.folded()));
        json.writeFieldName("group_by");
        JsonValues.write(json, labels(groupBy));
    }

    static Answer inHeader(Answer answer, Notes notes) {
        var headers = new HashMap<>(answer.headers());
        headers.put(
                NoteParts.HEADER,
                "basis=%s; price_version=%s; open_hours=%d; folded=%s"
                        .formatted(
                                notes.basis().label(),
                                notes.priceVersion(),
                                notes.openHours(),
                                String.join(" ", labels(notes.folded()))));
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    /** The same of an export, whose rows say what is folded in them. */
    static Answer inHeader(Answer answer, LedgerExport.Notes notes) {
        var headers = new HashMap<>(answer.headers());
        headers.put(
                NoteParts.HEADER,
                "basis=%s; price_version=%s; open_hours=%d"
                        .formatted(notes.basis().label(), notes.priceVersion(), notes.openHours()));
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    private static List<String> labels(List<CostDimension> dimensions) {
        return dimensions.stream().map(CostDimension::label).toList();
    }
}
