package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.GpuSeries;
import gpuanalytics.processor.query.GpuSeries.Point;
import gpuanalytics.processor.query.GpuSeriesQuery;
import gpuanalytics.processor.query.GpuUsage;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.LatestSample;
import gpuanalytics.processor.query.LatestSamplesQuery;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers {@code /gpu/info}, {@code /gpus/{id}/series} and {@code /gpus/series}. */
final class GpuAnswers {

    static final List<String> INFO_PARAMETERS =
            List.of("host", "gpu_index", "name", "gpu", "max_age", "format");
    static final List<String> SERIES_PARAMETERS =
            List.of("from", "to", "tz", "step", "mig_id", "format");
    static final List<String> NAMED_SERIES_PARAMETERS =
            Stream.concat(Stream.of("gpu"), SERIES_PARAMETERS.stream()).toList();

    /** How many GPUs are too old to be listed; CSV has no other place for it. */
    static final String LEFT_OUT_HEADER = "Left-Out-Gpus";

    private static final String ANY_AGE = "all";

    private static final List<Column<LatestSample>> INFO = infoColumns();

    private final UsageQueries queries;
    private final QueryLimits limits;
    private final Clock clock;

    GpuAnswers(UsageQueries queries, QueryLimits limits, Clock clock) {
        this.queries = queries;
        this.limits = limits;
        this.clock = clock;
    }

    Answer info(Endpoint.Request request) {
        var query = new QueryParameters(request);
        var maxAge = maxAge(query);
        var found =
                queries.latestSamples(
                        new LatestSamplesQuery(
                                query.texts("host"),
                                query.integers("gpu_index"),
                                query.texts("name"),
                                query.texts("gpu"),
                                maxAge));
        var table = new Table<>(INFO, found.samples());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(
                                        json -> writeInfo(json, table, maxAge, found.leftOut())));
        return new Answer(
                answer.status(),
                answer.contentType(),
                answer.body(),
                Map.of(LEFT_OUT_HEADER, Long.toString(found.leftOut())));
    }

    private @Nullable Duration maxAge(QueryParameters query) {
        var given = query.one("max_age");
        if (given.isEmpty()) {
            return limits.gpuMaxAge();
        }
        var value = given.get();
        return value.equals(ANY_AGE)
                ? null
                : TimeText.length(value)
                        .filter(Duration::isPositive)
                        .orElseThrow(
                                () ->
                                        new InvalidQueryException(
                                                "max_age",
                                                TimeText.shown(value),
                                                "a length such as 10m, 2h or 7d, or all"));
    }

    /** The GPU of the path, whose slashes are escaped. */
    Answer series(Endpoint.Request request) {
        return series(request, request.path().getOrDefault("id", ""));
    }

    /** The GPU of a parameter, which may have any character. */
    Answer seriesOfNamed(Endpoint.Request request) {
        var gpu = new QueryParameters(request).one("gpu").orElse("");
        if (gpu.isEmpty()) {
            throw new InvalidQueryException("gpu", "absent", "gpu of /gpu/info");
        }
        return series(request, gpu);
    }

    private Answer series(Endpoint.Request request, String id) {
        var query = new QueryParameters(request);
        var migId = query.one("mig_id").orElse(null);
        var window = query.window(clock, new Step.Fixed(QueryWindow.MINUTE));
        var asked = new GpuSeriesQuery(id, migId, window);
        var series =
                queries.gpuSeries(asked)
                        .orElseThrow(() -> new ProblemException(unknownGpu(id, migId)));
        var covered = new CoverageParts(series.coverage(), query.zone());
        var table = new Table<>(seriesColumns(covered), series.points());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(
                                        json -> writeSeries(json, asked, series, covered, table)));
        return covered.inHeader(answer);
    }

    private static Problem unknownGpu(String id, @Nullable String migId) {
        var asked = migId == null ? id : id + " with mig_id " + migId;
        return Problem.notFound(
                "no GPU %s has reported, expected gpu (and mig_id, where there is one) of /gpu/info"
                        .formatted(asked));
    }

    private static void writeInfo(
            JsonGenerator json, Table<LatestSample> table, @Nullable Duration maxAge, long leftOut)
            throws IOException {
        json.writeStartObject();
        json.writeFieldName("max_age_s");
        JsonValues.write(json, maxAge == null ? null : maxAge.toSeconds());
        json.writeNumberField("left_out", leftOut);
        json.writeFieldName("gpus");
        table.writePresentTo(json);
        json.writeEndObject();
    }

    private static void writeSeries(
            JsonGenerator json,
            GpuSeriesQuery asked,
            GpuSeries series,
            CoverageParts covered,
            Table<Point> table)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("gpu", asked.gpu());
        json.writeStringField("mig_id", asked.migId());
        covered.write(json);
        if (!series.pods().isEmpty()) {
            json.writeFieldName("pods");
            JsonValues.write(json, series.pods());
        }
        json.writeFieldName("points");
        table.writeTo(json);
        json.writeEndObject();
    }

    /** The GPU's key and the sample's age, then the event's fields as the contract orders them. */
    private static List<Column<LatestSample>> infoColumns() {
        var columns = new ArrayList<Column<LatestSample>>();
        columns.add(new Column<>("gpu", LatestSample::gpu));
        columns.add(new Column<>("age_s", latest -> latest.age().toMillis() / 1e3));
        for (var field : EventTopic.GPU_METRICS.fields().fields()) {
            // how the sample came here says nothing about the GPU
            if (!field.equals(GpuMetric.EVENT_ID) && !field.equals(GpuMetric.SOURCE)) {
                columns.add(column(field));
            }
        }
        columns.add(new Column<>("pods", latest -> latest.pods().isEmpty() ? null : latest.pods()));
        columns.addAll(usageColumns());
        return List.copyOf(columns);
    }

    private static List<Column<LatestSample>> usageColumns() {
        return List.of(
                usage("usage_hour", GpuUsage::hour),
                usage("requests", GpuUsage::requests),
                usage("errors", GpuUsage::errors),
                usage("prompt_tokens", GpuUsage::promptTokens),
                usage("completion_tokens", GpuUsage::completionTokens));
    }

    private static Column<LatestSample> usage(
            String name, Function<GpuUsage, @Nullable Object> value) {
        return new Column<>(
                name,
                latest -> {
                    var usage = latest.usage();
                    return usage == null ? null : value.apply(usage);
                });
    }

    private static <T> Column<LatestSample> column(Field<T> field) {
        return new Column<>(field.name(), latest -> latest.sample().get(field));
    }

    private static List<Column<Point>> seriesColumns(CoverageParts covered) {
        var columns = new ArrayList<Column<Point>>();
        columns.add(new Column<>("ts", point -> covered.local(point.start())));
        columns.add(new Column<>("samples", Point::samples));
        columns.add(new Column<>("covered_s", Point::coveredSeconds));
        columns.add(new Column<>("energy_j", Point::energyJ));
        columns.add(new Column<>("energy_unknown_samples", Point::energyUnknownSamples));
        columns.add(new Column<>("xid_errors", Point::xidErrors));
        columns.addAll(ReadingColumns.of(Measures.GPU, Point::readings));
        return List.copyOf(columns);
    }
}
