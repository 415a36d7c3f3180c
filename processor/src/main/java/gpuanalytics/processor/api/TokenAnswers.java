package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.RowKey;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Rest;
import gpuanalytics.processor.query.TokenReport.Row;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers {@code /tokens}. */
final class TokenAnswers {

    /** Where the next page of CSV begins, which has no place for it. */
    static final String NEXT_HEADER = "Next-Cursor";

    static final List<String> PARAMETERS =
            Stream.of(
                            Stream.of("from", "to", "tz", "step", "group_by"),
                            Stream.of(TokenDimension.values()).map(TokenDimension::label),
                            PageParameters.NAMES.stream(),
                            Stream.of("format"))
                    .flatMap(names -> names)
                    .toList();

    /** The members of a count, in a row and in the totals alike. */
    private static final List<Column<Counts>> COUNTS = countColumns();

    /** What CSV says of the last line where that stands for rows that are not shown. */
    private static final String REST_ROWS = "rest_rows";

    private final UsageQueries queries;
    private final Clock clock;
    private final PageParameters pages;

    TokenAnswers(UsageQueries queries, QueryLimits limits, Clock clock) {
        this.queries = queries;
        this.clock = clock;
        this.pages = new PageParameters(orderColumns(), limits.maxPoints());
    }

    /** A line of the table: a row, or the rest with how many rows it stands for. */
    private record Line(@Nullable Row row, Counts counts, @Nullable Long restRows) {}

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var query = query(parameters, request);
        var report = queries.tokens(query);
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var next = next(report, query, request);
        var isPage = query.paging().limit() != null;
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? new Table<>(columns(report, covered, isPage), lines(report)).csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(json -> write(json, report, covered, isPage, next)));
        return withNext(NoteParts.inHeader(covered.inHeader(answer), report.notes()), next);
    }

    private TokenQuery query(QueryParameters parameters, Endpoint.Request request) {
        var filters = new EnumMap<TokenDimension, List<String>>(TokenDimension.class);
        for (var dimension : TokenDimension.values()) {
            var values = parameters.all(dimension.label());
            if (!values.isEmpty()) {
                filters.put(dimension, values);
            }
        }
        var groupBy = parameters.groupBy(List.of(TokenDimension.values()), TokenDimension::label);
        var window = parameters.window(clock, new Step.Total());
        @Nullable RowKey after = null;
        var text = parameters.one(Cursor.PARAMETER, Cursor.MAX_CHARS).orElse(null);
        if (text != null) {
            var cursor = Cursor.of(text, request.query(), groupBy.size());
            window = QueryWindow.of(cursor.from(), cursor.to(), window.step());
            after = cursor.last();
        }
        return new TokenQuery(window, groupBy, filters, pages.read(parameters, groupBy, after));
    }

    private static @Nullable String next(
            TokenReport report, TokenQuery query, Endpoint.Request request) {
        var last = report.next();
        return last == null
                ? null
                : new Cursor(query.window().from(), query.window().to(), last)
                        .text(request.query());
    }

    private static Answer withNext(Answer answer, @Nullable String next) {
        if (next == null) {
            return answer;
        }
        var headers = new HashMap<>(answer.headers());
        headers.put(NEXT_HEADER, next);
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    private static List<Line> lines(TokenReport report) {
        var lines = new ArrayList<Line>();
        for (var row : report.rows()) {
            lines.add(new Line(row, row.counts(), null));
        }
        var rest = report.rest();
        if (rest != null) {
            lines.add(new Line(null, rest.counts(), rest.rows()));
        }
        return lines;
    }

    private static List<Column<Line>> columns(
            TokenReport report, CoverageParts covered, boolean isPage) {
        var columns = new ArrayList<Column<Line>>();
        columns.add(
                new Column<>(
                        "ts", line -> line.row == null ? null : covered.local(line.row.start())));
        for (int i = 0; i < report.groupBy().size(); i++) {
            int place = i;
            columns.add(
                    new Column<>(
                            report.groupBy().get(i).label(),
                            line ->
                                    line.row == null
                                            ? null
                                            : GroupValue.text(line.row.group().get(place))));
        }
        for (var count : COUNTS) {
            columns.add(new Column<>(count.name(), line -> count.value().apply(line.counts)));
        }
        columns.addAll(
                NoteParts.columns(
                        report.groupBy(),
                        report.notes(),
                        line -> line.row == null ? null : line.row.group()));
        if (isPage) {
            columns.add(new Column<>(REST_ROWS, line -> line.restRows));
        }
        return columns;
    }

    private static void write(
            JsonGenerator json,
            TokenReport report,
            CoverageParts covered,
            boolean isPage,
            @Nullable String next)
            throws IOException {
        json.writeStartObject();
        covered.write(json);
        json.writeArrayFieldStart("group_by");
        for (var dimension : report.groupBy()) {
            json.writeString(dimension.label());
        }
        json.writeEndArray();
        NoteParts.write(json, report.notes());
        json.writeFieldName("rows");
        var rows = lines(report).subList(0, report.rows().size());
        new Table<>(columns(report, covered, false), rows).writeTo(json);
        json.writeFieldName("totals");
        Table.writeObject(json, COUNTS, report.totals(), true);
        if (isPage) {
            json.writeFieldName("rest");
            writeRest(json, report.rest());
            json.writeStringField("next", next);
        }
        json.writeEndObject();
    }

    private static void writeRest(JsonGenerator json, @Nullable Rest rest) throws IOException {
        if (rest == null) {
            json.writeNull();
            return;
        }
        var columns = new ArrayList<Column<Rest>>();
        columns.add(new Column<>("rows", Rest::rows));
        for (var count : COUNTS) {
            columns.add(new Column<>(count.name(), row -> count.value().apply(row.counts())));
        }
        Table.writeObject(json, columns, rest, true);
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

    /** Rates change while an open step goes on, so a next page could not go on from one. */
    private static List<Column<Counts>> orderColumns() {
        var columns = new ArrayList<>(COUNTS);
        columns.removeIf(column -> column.name().equals("tokens_per_s"));
        columns.add(new Column<>("tokens", TokenAnswers::tokens));
        return columns;
    }

    /** Prompt and completion tokens; null where neither is known. */
    private static @Nullable Long tokens(Counts counts) {
        var prompt = counts.readings().total(TokenUsage.PROMPT_TOKENS);
        var completion = counts.readings().total(TokenUsage.COMPLETION_TOKENS);
        if (prompt == null || completion == null) {
            return prompt == null ? completion : prompt;
        }
        return Math.addExact(prompt, completion);
    }
}
