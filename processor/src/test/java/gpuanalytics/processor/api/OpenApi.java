package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The contract, as tests read it. */
final class OpenApi {

    private static final String LOCATION = "https://gpu-analytics.test/openapi.yaml";

    private final JsonNode document;
    private final SchemaRegistry schemas;

    OpenApi(String yaml) {
        try {
            this.document = new YAMLMapper().readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var json = document.toString();
        this.schemas =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemas(Map.of(LOCATION, json)));
    }

    static OpenApi load() {
        return new OpenApi(new String(Resource.read(Endpoints.OPENAPI), UTF_8));
    }

    /** One method of one path of the contract. */
    record Operation(String method, String path, String pointer, JsonNode node) {

        /** Whether its answer has no end that is foreseen. */
        boolean endless() {
            return node.path("x-endless").asBoolean(false);
        }

        boolean reads() {
            return method.equals("GET");
        }

        /** A body that it takes; empty where it takes none. */
        String body() {
            var content = node.at("/requestBody/content");
            return content.has("text/csv")
                    ? content.at("/text~1csv/example").asText()
                    : content.at("/application~1json/example").toString();
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** One value of one parameter. */
    record Parameter(
            String name,
            String in,
            boolean required,
            boolean fromAnAnswer,
            boolean explode,
            List<JsonNode> examples) {}

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        for (var path : document.get("paths").properties()) {
            for (var method : path.getValue().properties()) {
                var pointer = "/paths/" + escaped(path.getKey()) + "/" + method.getKey();
                operations.add(
                        new Operation(
                                method.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                pointer,
                                method.getValue()));
            }
        }
        return operations;
    }

    List<Parameter> parameters(Operation operation) {
        var parameters = new ArrayList<Parameter>();
        for (var declared : operation.node().path("parameters")) {
            var parameter = resolved(declared);
            var examples = new ArrayList<JsonNode>();
            parameter.path("examples").forEach(example -> examples.add(example.get("value")));
            if (examples.isEmpty()) {
                throw new IllegalStateException("no example of " + parameter);
            }
            parameters.add(
                    new Parameter(
                            parameter.get("name").asText(),
                            parameter.get("in").asText(),
                            parameter.path("required").asBoolean(false),
                            parameter.path("x-from-an-answer").asBoolean(false),
                            parameter.path("explode").asBoolean(true),
                            examples));
        }
        return parameters;
    }

    /** The answer's description, by status. */
    JsonNode response(Operation operation, String status) {
        return resolved(operation.node().get("responses").path(status));
    }

    List<String> statuses(Operation operation) {
        return operation.node().get("responses").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    List<String> mediaTypes(Operation operation, String status) {
        return response(operation, status).path("content").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What is wrong with a body, by its schema. */
    List<String> errors(Operation operation, String status, String mediaType, String body) {
        var declared = operation.node().get("responses").get(status);
        var response =
                declared.has("$ref")
                        ? declared.get("$ref").asText().substring(1)
                        : operation.pointer() + "/responses/" + status;
        return errorsAt(response + "/content/" + escaped(mediaType) + "/schema", body);
    }

    /** What is wrong with a document that one of the components describes. */
    List<String> errorsOf(String component, String body) {
        return errorsAt("/components/schemas/" + component, body);
    }

    private List<String> errorsAt(String pointer, String body) {
        return schemas
                .getSchema(SchemaLocation.of(LOCATION + "#" + pointer))
                .validate(
                        body,
                        InputFormat.JSON,
                        context ->
                                context.executionConfig(
                                        config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** A name as a part of a JSON pointer (RFC 6901). */
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
