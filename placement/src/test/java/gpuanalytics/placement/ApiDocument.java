package gpuanalytics.placement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** An OpenAPI document: what it says that there is, and whether a body is as it says. */
public final class ApiDocument {

    private static final String LOCATION = "https://gpu-analytics.test/document";

    private final JsonNode document;
    private final SchemaRegistry schemas;

    private ApiDocument(Path file) throws IOException {
        document = new YAMLMapper().readTree(Files.readString(file));
        var json = document.toString();
        schemas =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemas(Map.of(LOCATION, json)));
    }

    /** This program's. */
    public static ApiDocument own() throws IOException {
        return new ApiDocument(Path.of("src/main/resources/placement/openapi.yaml"));
    }

    /** The processor's. */
    static ApiDocument ofTheProcessor() throws IOException {
        return new ApiDocument(Path.of("../processor/src/main/resources/openapi.yaml"));
    }

    /** {@code GET /path}, each. */
    public SortedSet<String> operations() {
        var operations = new TreeSet<String>();
        for (var path : document.get("paths").properties()) {
            path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                            method ->
                                    operations.add(
                                            method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
        }
        return operations;
    }

    /** What in a body is not as a schema of the document has it. */
    List<String> errors(String schema, String body) {
        var location = SchemaLocation.of(LOCATION + "#/components/schemas/" + schema);
        return schemas.getSchema(location).validate(body, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }
}
