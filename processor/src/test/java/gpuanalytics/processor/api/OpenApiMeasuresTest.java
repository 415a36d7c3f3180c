package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code openapi.yaml} describes every measure of the contract and no other, as it aggregates: a
 * field that is added to the contract alone, or to the document alone, fails here.
 */
class OpenApiMeasuresTest {

    private static final String SCHEMAS = "#/components/schemas/";
    private static final List<String> POINT =
            List.of(
                    "ts",
                    "samples",
                    "covered_s",
                    "energy_j",
                    "energy_unknown_samples",
                    "xid_errors");
    private static final List<String> BEFORE_COUNTS = List.of("requests", "errors", "attempts");
    private static final List<String> GPU_USAGE =
            List.of("usage_hour", "requests", "errors", "prompt_tokens", "completion_tokens");
    private static final List<String> AFTER_COUNTS = List.of("tokens_per_s");

    private final JsonNode document = load();

    @Test
    void aPointHasEveryGauge() {
        var schema = document.at("/components/schemas/GpuPoint");
        var expected = new ArrayList<>(POINT);
        answered(Measures.GPU).forEach(measure -> expected.add(measure.name()));

        assertEquals(expected, names(schema.get("properties")));
        assertEquals(expected, texts(schema.get("required")));
        for (var measure : answered(Measures.GPU)) {
            assertRefersTo("Summary", schema.get("properties").get(measure.name()));
        }
    }

    @Test
    void countsHaveEveryAmountAndEveryDuration() {
        var schema = document.at("/components/schemas/TokenCounts");
        var expected = new ArrayList<>(BEFORE_COUNTS);
        answered(Measures.TOKEN).forEach(measure -> expected.add(measure.name()));
        expected.addAll(AFTER_COUNTS);

        assertEquals(expected, names(schema.get("properties")));
        assertEquals(expected, texts(schema.get("required")));
        for (var measure : answered(Measures.TOKEN)) {
            assertRefersTo(
                    measure.hasBins() ? "Latency" : "TokenCount",
                    schema.get("properties").get(measure.name()));
        }
    }

    @Test
    void aSampleHasEveryFieldOfTheContract() {
        var properties = document.at("/components/schemas/GpuSample/properties");

        assertEquals(sampleColumns(), names(properties));
        for (var field : sampleFields()) {
            assertDescribes(field, properties.get(field.name()));
        }
    }

    @Test
    void csvHasAColumnForEachPartOfEveryMeasure() {
        assertEquals(sampleColumns(), columns("/gpu/info"));
        assertEquals(
                Stream.concat(POINT.stream(), columns(Measures.GPU)).toList(),
                columns("/gpus/{id}/series"));
        assertEquals(
                Stream.of(
                                Stream.of("ts"),
                                BEFORE_COUNTS.stream(),
                                columns(Measures.TOKEN),
                                AFTER_COUNTS.stream(),
                                Stream.of("folded", "gpu_known"))
                        .flatMap(part -> part)
                        .toList(),
                columns("/tokens"));
    }

    /** The GPU's key and the sample's age, the fields, the pods that share it, and its usages. */
    private static List<String> sampleColumns() {
        return Stream.of(
                        Stream.of("gpu", "age_s"),
                        sampleFields().stream().map(Field::name),
                        Stream.of("pods"),
                        GPU_USAGE.stream())
                .flatMap(part -> part)
                .toList();
    }

    private static Stream<String> columns(Measures measures) {
        var columns = new ArrayList<String>();
        for (var measure : measures) {
            var parts =
                    switch (measure.aggregation()) {
                        case GAUGE, WHOLE_GAUGE -> List.of("_mean", "_min", "_max");
                        case SUM -> List.of("");
                        case HISTOGRAM -> List.of("_p50", "_p95", "_mean");
                        case COUNTER, NONE -> List.<String>of();
                    };
            parts.forEach(part -> columns.add(measure.name() + part));
        }
        return columns.stream();
    }

    /** Those that answers show: no counter that may start again. */
    private static List<Measure> answered(Measures measures) {
        var answered = new ArrayList<Measure>();
        for (var measure : measures) {
            if (measure.hasSum()) {
                answered.add(measure);
            }
        }
        return answered;
    }

    private static List<Field<?>> sampleFields() {
        return EventTopic.GPU_METRICS.fields().fields().stream()
                .filter(field -> !field.equals(GpuMetric.EVENT_ID))
                .filter(field -> !field.equals(GpuMetric.SOURCE))
                .toList();
    }

    private static void assertDescribes(Field<?> field, JsonNode property) {
        if (property.has("$ref")) {
            assertRefersTo(field.kind() == Field.Kind.TIME ? "Time" : "Share", property);
            assertEquals(field.kind() == Field.Kind.NUMBER, field.max() == 1, field.name());
            return;
        }
        var type =
                switch (field.kind()) {
                    case TEXT, TIME -> "string";
                    case INTEGER -> "integer";
                    case NUMBER -> "number";
                    case FLAG -> "boolean";
                };
        assertEquals(type, property.path("type").asText(), field.name());
        var hasLowest = field.kind() != Field.Kind.TEXT && field.min() == 0;
        assertEquals(hasLowest, property.has("minimum"), field.name());
    }

    private static void assertRefersTo(String schema, JsonNode property) {
        assertEquals(SCHEMAS + schema, property.path("$ref").asText());
    }

    private List<String> columns(String path) {
        var answer = document.path("paths").path(path).at("/get/responses/200");
        if (answer.has("$ref")) {
            answer = document.at(answer.get("$ref").asText().substring(1));
        }
        return texts(answer.at("/content/text~1csv/schema/x-columns"));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode load() {
        try {
            return new YAMLMapper().readTree(new String(Resource.read(Endpoints.OPENAPI), UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
