package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.GpuSeries;
import gpuanalytics.processor.query.GpuSeries.Point;
import gpuanalytics.processor.query.GpuSeriesQuery;
import gpuanalytics.processor.query.LatestSample;
import gpuanalytics.processor.query.LatestSamplesQuery;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers {@code /gpu/info} and {@code /gpus/{id}/series}. */
final class GpuAnswers {

    static final List<String> INFO_PARAMETERS = List.of("host", "gpu_index", "name");
    static final List<String> SERIES_PARAMETERS = List.of("from", "to", "step", "mig_id");

    private static final List<Column<LatestSample>> INFO = infoColumns();
    private static final List<Column<Point>> SERIES = seriesColumns();

    private final UsageQueries queries;
    private final Clock clock;

    GpuAnswers(UsageQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer info(Endpoint.Request request) {
        var query = new QueryParameters(request);
        var samples =
                queries.latestSamples(
                        new LatestSamplesQuery(
                                query.texts("host"),
                                query.integers("gpu_index"),
                                query.texts("name")));
        var table = new Table<>(INFO, samples);
        return request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                ? table.csv()
                : Answer.ok(Json.MEDIA_TYPE, Json.streamed(json -> writeInfo(json, table)));
    }

    Answer series(Endpoint.Request request) {
        var id = request.path().getOrDefault("id", "");
        var query = new QueryParameters(request);
        var migId = query.one("mig_id").orElse(null);
        var window = query.window(clock, QueryWindow.MINUTE);
        var series =
                queries.gpuSeries(new GpuSeriesQuery(id, migId, window))
                        .orElseThrow(() -> new ProblemException(unknownGpu(id, migId)));
        var table = new Table<>(SERIES, series.points());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(json -> writeSeries(json, id, migId, series, table)));
        return CoverageParts.inHeader(answer, series.coverage());
    }

    private static Problem unknownGpu(String id, @Nullable String migId) {
        var asked = migId == null ? id : id + " with mig_id " + migId;
        return Problem.notFound(
                "no GPU %s has reported, expected gpu (and mig_id, where there is one) of /gpu/info"
                        .formatted(asked));
    }

    private static void writeInfo(JsonGenerator json, Table<LatestSample> table)
            throws IOException {
        json.writeStartObject();
        json.writeFieldName("gpus");
        table.writePresentTo(json);
        json.writeEndObject();
    }

    private static void writeSeries(
            JsonGenerator json,
            String id,
            @Nullable String migId,
            GpuSeries series,
            Table<Point> table)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("gpu", id);
        json.writeStringField("mig_id", migId);
        CoverageParts.write(json, series.coverage());
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
        return List.copyOf(columns);
    }

    private static <T> Column<LatestSample> column(Field<T> field) {
        return new Column<>(field.name(), latest -> latest.sample().get(field));
    }

    private static List<Column<Point>> seriesColumns() {
        var columns = new ArrayList<Column<Point>>();
        columns.add(new Column<>("ts", Point::start));
        columns.add(new Column<>("samples", Point::samples));
        columns.add(new Column<>("covered_s", Point::coveredSeconds));
        columns.add(new Column<>("energy_j", Point::energyJ));
        columns.add(new Column<>("energy_unknown_samples", Point::energyUnknownSamples));
        columns.add(new Column<>("xid_errors", Point::xidErrors));
        columns.addAll(ReadingColumns.of(Measures.GPU, Point::readings));
        return List.copyOf(columns);
    }
}
