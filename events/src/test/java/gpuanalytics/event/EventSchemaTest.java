package gpuanalytics.event;

import static gpuanalytics.event.Samples.ANY_TIME;
import static gpuanalytics.event.Samples.json;
import static gpuanalytics.event.Samples.smallest;
import static gpuanalytics.event.Samples.smallestWith;
import static gpuanalytics.event.Samples.smallestWithout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import gpuanalytics.event.Decoded.Valid;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON Schemas say what the field tables say, and judge as the codec does. */
class EventSchemaTest {

    private static final String TEXT = "#/$defs/text";
    private static final String TIME = "#/$defs/time";
    private static final String ABSENT = "#/$defs/absent";

    private final EventCodec codec = new EventCodec(ANY_TIME);

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void hasEveryNameAndNoOther(EventTopic topic) throws IOException {
        assertEquals(
                new TreeSet<>(names(topic)),
                new TreeSet<>(schema(topic).get("properties").propertyNames()));
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void givesEveryNameItsTypeAndRange(EventTopic topic) throws IOException {
        var properties = schema(topic).get("properties");
        for (var field : topic.fields().fields()) {
            assertValue(field, null, properties.get(field.name()));
            for (var alias : field.aliases()) {
                assertValue(field, alias, properties.get(alias.name()));
            }
            if (!field.unit().isEmpty()) {
                var description = properties.get(field.name()).get("description").stringValue();
                assertTrue(description.endsWith("(" + field.unit() + ")."), description);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void requiresWhatIsRequired(EventTopic topic) throws IOException {
        var required = new LinkedHashSet<Set<String>>();
        for (var choice : schema(topic).get("allOf")) {
            var names = new TreeSet<String>();
            for (var alternative : choice.get("anyOf")) {
                var name = alternative.get("required").get(0).stringValue();
                assertEquals(
                        "#/$defs/present",
                        alternative.get("properties").get(name).get("$ref").stringValue());
                names.add(name);
            }
            required.add(names);
        }

        var expected = new LinkedHashSet<Set<String>>();
        for (var field : topic.fields().fields()) {
            if (field.required()) {
                expected.add(namesOf(field));
            }
        }
        if (topic == EventTopic.TOKEN_USAGE) {
            // The model that answered stands in for the one that was asked for.
            expected.remove(namesOf(TokenUsage.MODEL));
            var models = new TreeSet<>(namesOf(TokenUsage.MODEL));
            models.addAll(namesOf(TokenUsage.RESPONSE_MODEL));
            expected.add(models);
        }
        var oneOf =
                switch (topic) {
                    case GPU_METRICS -> List.of(GpuMetric.GPU_INDEX, GpuMetric.GPU_UUID);
                    case TOKEN_USAGE ->
                            List.of(
                                    TokenUsage.PROMPT_TOKENS,
                                    TokenUsage.COMPLETION_TOKENS,
                                    // a failure needs no tokens
                                    TokenUsage.STATUS,
                                    TokenUsage.ERROR_TYPE);
                };
        expected.add(
                oneOf.stream()
                        .flatMap(field -> namesOf(field).stream())
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(expected, required);
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void judgesEveryValueOfEveryNameAsTheCodecDoes(EventTopic topic) throws IOException {
        var schema = validator(topic);
        for (var field : topic.fields().fields()) {
            for (var name : namesOf(field)) {
                for (var value : VALUES) {
                    var members = smallestWithout(topic, field.name());
                    members.put(name, value);
                    if (name.startsWith("thoughts")) {
                        members.put("completion_tokens", "0"); // these are counted beside it
                    }
                    if (isLiberty(field, value)) {
                        assertTrue(isClean(topic, json(members)) || field.isRatio(), json(members));
                    } else {
                        assertSameVerdict(topic, schema, json(members));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void judgesIncompleteEventsAsTheCodecDoes(EventTopic topic) throws IOException {
        var schema = validator(topic);
        for (var name : smallest(topic).keySet()) {
            assertSameVerdict(topic, schema, json(smallestWithout(topic, name)));
            assertSameVerdict(topic, schema, json(smallestWith(topic, name, "null")));
        }
        assertSameVerdict(topic, schema, "{}");
        assertSameVerdict(topic, schema, "[]");
        assertSameVerdict(topic, schema, "7");
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void acceptsWhateverTheCodecWrites(EventTopic topic) throws IOException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var events = new RandomEvents(new Random(seed));
        var schema = validator(topic);
        for (int i = 0; i < 200; i++) {
            var record = new String(EventCodec.encode(events.next(topic)), UTF_8);

            assertEquals(List.of(), schema.validate(record, InputFormat.JSON), record);
        }
    }

    /** Values that a schema can judge; ranges that end elsewhere in our unit are judged apart. */
    private static final List<String> VALUES =
            List.of(
                    "0",
                    "1",
                    "-0.0",
                    "12.0",
                    "1e3",
                    "0.5",
                    "-1",
                    // in digits: the validator throws for -1e30, a double beyond a long
                    "-1" + "0".repeat(30),
                    "1" + "0".repeat(30),
                    "101",
                    "4096",
                    "true",
                    "false",
                    "null",
                    "{}",
                    "[]",
                    "[1]",
                    "\"\"",
                    "\"7\"",
                    "\"x\"",
                    "\"<<<NULL>>>\"",
                    "\"<<<NOT_PERM>>>\"",
                    "\"<<<\"",
                    "140737488355327.5",
                    "140737488355328",
                    "140737488355331.0",
                    "140737488355332",
                    "9223372036854775792",
                    "9223372036854775807",
                    "9223372036854776000",
                    "9223372036854780000",
                    "\"" + "é".repeat(512) + "\"",
                    "\"" + "😀".repeat(512) + "\"",
                    "\"" + "😀".repeat(513) + "\"",
                    "\"a\\nb\"",
                    "\"a\\n\"",
                    "\"\\u0085\"",
                    "\"2026-01-31T12:00:00Z\"",
                    "\"2026-01-31t12:00:00.123456789+02:00\"",
                    "\"2026-01-31T12:00:00\"",
                    "\"2026-01-31T12:00Z\"",
                    "\"2026-01-31 12:00:00+0000\"",
                    "\"2026-01-31T12:00:00Z\\n\"",
                    "\"2026-13-31T12:00:00Z\"",
                    "\"2016-12-31T23:59:60Z\"");

    private static final Set<String> LIBERTIES =
            Set.of(
                    "\"2026-01-31T12:00Z\"",
                    "\"2026-01-31 12:00:00+0000\"",
                    "0",
                    "1",
                    "-0.0",
                    "12.0",
                    "1e3",
                    "0.5",
                    "101",
                    "4096",
                    "140737488355327.5",
                    "140737488355332",
                    "\"7\"");

    private void assertSameVerdict(EventTopic topic, Schema schema, String record) {
        var decoded = codec.decode(topic, record.getBytes(UTF_8), Samples.NOW);
        var errors = schema.validate(record, InputFormat.JSON);

        assertEquals(
                isClean(topic, record),
                errors.isEmpty(),
                () -> "%s: codec %s, schema %s".formatted(record, decoded, errors));
    }

    /** Whether it is an event of which nothing is refused. */
    private boolean isClean(EventTopic topic, String record) {
        return codec.decode(topic, record.getBytes(UTF_8), Samples.NOW)
                        instanceof Valid(_, var refused)
                && refused.isEmpty();
    }

    /** What is understood all the same: the schema is for senders, who need no liberties. */
    private static boolean isLiberty(Field<?> field, String value) {
        return switch (field.kind()) {
            case TEXT ->
                    !field.required()
                            && !RequestStatus.takesCodes(field)
                            && value.matches("[0-9]+");
            case TIME -> LIBERTIES.contains(value);
            case INTEGER, NUMBER -> value.equals("\"7\"");
            case FLAG -> false;
        };
    }

    private static void assertValue(Field<?> field, @Nullable Alias alias, JsonNode property) {
        var choices = new ArrayList<JsonNode>();
        property.get("anyOf").forEach(choices::add);
        assertEquals(ABSENT, choices.get(0).get("$ref").stringValue(), property::toString);
        var value = choices.get(1);
        switch (field.kind()) {
            case TEXT -> assertEquals(TEXT, value.get("$ref").stringValue());
            case TIME -> assertEquals(TIME, value.get("$ref").stringValue());
            case FLAG -> assertEquals("boolean", value.get("type").stringValue());
            case INTEGER, NUMBER -> {
                boolean whole =
                        field.kind() == Kind.INTEGER && (alias == null || alias.scale() == 1);
                assertEquals(whole ? "integer" : "number", value.get("type").stringValue());
                assertEquals(
                        Validation.sent(field.min(), alias),
                        value.get("minimum").decimalValue().toPlainString());
                assertEquals(
                        Validation.sent(
                                field.isRatio() ? JsonValue.MOST_OF_A_RATIO : field.max(), alias),
                        value.get("maximum").decimalValue().toPlainString());
            }
        }
    }

    private static Set<String> names(EventTopic topic) {
        return topic.fields().fields().stream()
                .flatMap(field -> namesOf(field).stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> namesOf(Field<?> field) {
        var names = new TreeSet<String>();
        names.add(field.name());
        field.aliases().forEach(alias -> names.add(alias.name()));
        return names;
    }

    private static String text(EventTopic topic) throws IOException {
        var name = topic.defaultName() + ".schema.json";
        try (var file = EventCodec.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IOException("no resource " + name);
            }
            return new String(file.readAllBytes(), UTF_8);
        }
    }

    private static JsonNode schema(EventTopic topic) throws IOException {
        return JsonMapper.shared().readTree(text(topic));
    }

    private static Schema validator(EventTopic topic) throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text(topic));
    }
}
