package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Row;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Stream;

/** Answers {@code /tokens}. */
final class TokenAnswers {

    static final List<String> PARAMETERS =
            Stream.concat(
                            Stream.of("from", "to", "step", "group_by"),
                            Stream.of(TokenDimension.values()).map(TokenDimension::label))
                    .toList();

    /** The members of a count, in a row and in the totals alike. */
    private static final List<Column<Counts>> COUNTS = countColumns();

    private final UsageQueries queries;
    private final Clock clock;

    TokenAnswers(UsageQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        var report = queries.tokens(query(new QueryParameters(request)));
        var table = new Table<>(columns(report.groupBy()), report.rows());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE, Json.streamed(json -> write(json, report, table)));
        return CoverageParts.inHeader(answer, report.coverage());
    }

    private TokenQuery query(QueryParameters parameters) {
        var filters = new EnumMap<TokenDimension, List<String>>(TokenDimension.class);
        for (var dimension : TokenDimension.values()) {
            var values = parameters.all(dimension.label());
            if (!values.isEmpty()) {
                filters.put(dimension, values);
            }
        }
        return new TokenQuery(parameters.window(clock, null), parameters.groupBy(), filters);
    }

    private static List<Column<Row>> columns(List<TokenDimension> groupBy) {
        var columns = new ArrayList<Column<Row>>();
        columns.add(new Column<>("ts", Row::start));
        for (int i = 0; i < groupBy.size(); i++) {
            int place = i;
            columns.add(new Column<>(groupBy.get(i).label(), row -> row.group().get(place)));
        }
        for (var count : COUNTS) {
            columns.add(new Column<>(count.name(), row -> count.value().apply(row.counts())));
        }
        return columns;
    }

    private static void write(JsonGenerator json, TokenReport report, Table<Row> table)
            throws IOException {
        json.writeStartObject();
        CoverageParts.write(json, report.coverage());
        json.writeArrayFieldStart("group_by");
        for (var dimension : report.groupBy()) {
            json.writeString(dimension.label());
        }
        json.writeEndArray();
        json.writeFieldName("rows");
        table.writeTo(json);
        json.writeFieldName("totals");
        Table.writeObject(json, COUNTS, report.totals(), true);
        json.writeEndObject();
    }

    private static List<Column<Counts>> countColumns() {
        var columns = new ArrayList<Column<Counts>>();
        columns.add(new Column<>("requests", Counts::requests));
        columns.add(new Column<>("errors", Counts::errors));
        columns.add(new Column<>("attempts", Counts::attempts));
        columns.addAll(ReadingColumns.of(Measures.TOKEN, Counts::readings));
        columns.add(new Column<>("tokens_per_s", Counts::tokensPerSecond));
        return List.copyOf(columns);
    }
}
