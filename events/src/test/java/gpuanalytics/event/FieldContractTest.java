package gpuanalytics.event;

import static gpuanalytics.event.Samples.decode;
import static gpuanalytics.event.Samples.json;
import static gpuanalytics.event.Samples.rejected;
import static gpuanalytics.event.Samples.smallestWithout;
import static gpuanalytics.event.Samples.valid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Kind;
import gpuanalytics.event.Field.Reading;
import gpuanalytics.event.FieldTable.Named;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field under every name it has: what is a value, what is none, and what is refused. */
class FieldContractTest {

    /** All that means "no reading". */
    private static final List<String> ABSENT =
            List.of(
                    "null",
                    "\"\"",
                    "NaN",
                    "9223372036854775792",
                    "9223372036854775794",
                    "9223372036854775807",
                    "9.223372036854776E18",
                    "140737488355328",
                    "140737488355328.000000",
                    "140737488355331.0",
                    "\"<<<NULL>>>\"",
                    "\"<<<NOT_FOUND>>>\"",
                    "\"<<<NOT_SUPPORTED>>>\"",
                    "\"<<<NOT_PERM>>>\"");

    /** Tell events apart, or are what they count. */
    private static final Set<String> ESSENTIAL =
            Set.of(
                    "event_id",
                    "request_id",
                    "gpu_uuid",
                    "gpu_index",
                    "mig_id",
                    "prompt_tokens",
                    "completion_tokens");

    /** Of usages only some of them are. */
    private static boolean isFatal(Name name) {
        boolean gpu = name.field().name().startsWith("gpu_");
        return name.field().required()
                || (name.named().rank() == 0
                        && ESSENTIAL.contains(name.field().name())
                        && !(gpu && name.topic() == EventTopic.TOKEN_USAGE));
    }

    record Name(EventTopic topic, Named named) {

        Field<?> field() {
            return named.field();
        }

        Map<String, String> with(String value) {
            var members = smallestWithout(topic, field().name());
            if (named.name().startsWith("thoughts")) {
                members.put("completion_tokens", "0"); // these are counted beside it
            }
            members.put(named.name(), value);
            return members;
        }

        @Override
        public String toString() {
            return topic.defaultName() + " " + named.name();
        }
    }

    static Stream<Name> names() {
        var names = new ArrayList<Name>();
        for (var topic : EventTopic.values()) {
            for (var name : new TreeSet<>(topic.fields().names())) {
                names.add(new Name(topic, named(topic, name)));
            }
        }
        return names.stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void acceptsAValue(Name name) {
        var event = valid(name.topic(), name.with(sent(name.named())));

        assertEquals(expected(name.field()), event.get(name.field()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void missingIsAbsentOrRefused(Name name) {
        assertAbsent(name, smallestWithout(name.topic(), name.field().name()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void nullNanEmptyAndBlankAreAbsent(Name name) {
        for (var absent : ABSENT) {
            assertAbsent(name, name.with(absent));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesAnotherType(Name name) {
        var wrong =
                switch (name.field().kind()) {
                    case TEXT ->
                            RequestStatus.takesCodes(name.field())
                                    ? List.of("1000000", "-1", "1.5", "true", "{}", "[429]")
                                    : List.of("1.5", "true", "{}", "[\"a\",\"b\"]", "[1]");
                    case TIME -> List.of("true", "{}", "[]", "\"yesterday\"");
                    case INTEGER, NUMBER -> List.of("\"x\"", "\"7 apples\"", "false", "{}", "[1]");
                    case FLAG -> List.of("1", "\"true\"", "{}", "[true]");
                };
        for (var value : wrong) {
            assertRefused(name, value, RejectReason.WRONG_TYPE);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void keepsToItsRange(Name name) {
        for (var inside : insideRange(name.named())) {
            assertNotNull(valid(name.topic(), name.with(inside)).get(name.field()), inside);
        }
        for (var outside : outsideRange(name.named())) {
            assertRefused(name, outside, RejectReason.OUT_OF_RANGE);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesHugeNumbers(Name name) {
        if (!isNumeric(name.field())) {
            return;
        }
        for (var huge :
                List.of(
                        "1e24",
                        "1e300",
                        "-1e300",
                        "1e999",
                        "1e2147483647",
                        "1e99999999999",
                        "-1e99999999999",
                        "Infinity",
                        "-Infinity",
                        "9".repeat(100))) {
            assertRefused(name, huge, RejectReason.OUT_OF_RANGE);
        }
    }

    /** nvidia-smi writes so; only a name that must be there is taken as it is. */
    @ParameterizedTest
    @MethodSource("names")
    void whatNvidiaSmiDoesNotKnowIsAbsent(Name name) {
        var field = name.field();
        if (field.required()) {
            return;
        }
        var written = new ArrayList<>(List.of("[N/A]", "N/A", "[Not Supported]", "ERR!"));
        if (isNumeric(field)) {
            written.add("[Insufficient Permissions]");
            written.add("[GPU is lost]");
        }
        for (var absent : written) {
            var members = name.with('"' + absent + '"');
            members.putIfAbsent("gpu_uuid", "\"GPU-1\"");
            var decoded = assertInstanceOf(Valid.class, decode(name.topic(), json(members)));

            assertEquals(List.of(), decoded.refused(), absent);
            if (!field.name().equals("gpu_uuid")) {
                assertNull(decoded.event().get(field), absent);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsANumberInText(Name name) {
        if (!isNumeric(name.field())) {
            return;
        }
        var text = '"' + sent(name.named()) + '"';

        assertEquals(
                expected(name.field()), valid(name.topic(), name.with(text)).get(name.field()));
    }

    /** One bad value costs the event where it cannot do without, else the reading alone. */
    private static void assertRefused(Name name, String value, RejectReason reason) {
        var field = name.field();
        boolean fatal = isFatal(name);
        var members = name.with(value);
        if (field.equals(GpuMetric.GPU_INDEX) && !fatal) {
            members.put("gpu_uuid", "\"GPU-1\"");
        }
        switch (decode(name.topic(), json(members))) {
            case Valid(var event, var refused) -> {
                assertFalse(fatal, event + " of " + json(members));
                assertNull(event.get(field), json(members));
                assertEquals(1, refused.size(), refused.toString());
                assertEquals(field.name(), refused.getFirst().field());
                assertEquals(reason, refused.getFirst().reason());
                assertTrue(refused.getFirst().said().length() <= 64);
            }
            case Rejected(var said, var detail) -> {
                assertTrue(fatal, detail);
                assertEquals(reason, said, detail);
                assertTrue(detail.startsWith(name.named().name() + " "), detail);
                assertFalse(detail.contains("\n"), detail);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesANegativeZeroForZero(Name name) {
        if (!isNumeric(name.field())) {
            return;
        }
        for (var zero : List.of("-0", "-0.0", "-0e5")) {
            var value = valid(name.topic(), name.with(zero)).get(name.field());

            // Double.equals tells -0.0 from 0.0
            assertEquals(name.field().kind() == Kind.INTEGER ? (Object) 0L : (Object) 0.0, value);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theFieldsOwnNameWinsWhateverTheOrder(Name name) {
        if (name.named().alias() == null || name.named().name().startsWith("thoughts")) {
            return;
        }
        var field = name.field();
        var own = sent(named(name.topic(), field.name()));
        var zero = other(name.named());

        var ownFirst = smallestWithout(name.topic(), field.name());
        ownFirst.put(field.name(), own);
        ownFirst.put(name.named().name(), zero);
        var ownLast = smallestWithout(name.topic(), field.name());
        ownLast.put(name.named().name(), zero);
        ownLast.put(field.name(), own);
        var ownAbsent = smallestWithout(name.topic(), field.name());
        ownAbsent.put(name.named().name(), sent(name.named()));
        ownAbsent.put(field.name(), "null");

        assertEquals(expected(field), valid(name.topic(), ownFirst).get(field));
        assertEquals(expected(field), valid(name.topic(), ownLast).get(field));
        assertEquals(expected(field), valid(name.topic(), ownAbsent).get(field));
    }

    private static void assertAbsent(Name name, Map<String, String> members) {
        var field = name.field();
        if (field.required()) {
            var rejected = rejected(name.topic(), members);
            assertEquals(RejectReason.MISSING_FIELD, rejected.reason(), json(members));
            assertEquals(field.name() + " is missing, it is required", rejected.detail());
        } else if (field.equals(GpuMetric.GPU_INDEX)) {
            members.put("gpu_uuid", "\"GPU-1\"");
            assertNull(valid(name.topic(), members).get(field), json(members));
        } else {
            assertNull(valid(name.topic(), members).get(field), json(members));
        }
    }

    private static Named named(EventTopic topic, String name) {
        var named = topic.fields().find(name);
        assertNotNull(named, name);
        return named;
    }

    private static boolean isNumeric(Field<?> field) {
        return field.kind() == Kind.INTEGER || field.kind() == Kind.NUMBER;
    }

    /** What {@link #sent} means. */
    private static Object expected(Field<?> field) {
        return switch (field.kind()) {
            case TEXT -> "some text";
            case TIME -> Instant.parse("2026-01-31T11:59:59.123456789Z");
            case INTEGER -> field.max() > 1e12 ? 3_145_728L : 3L;
            case NUMBER -> 0.37;
            case FLAG -> true;
        };
    }

    /** A value as it is sent under this name. */
    private static String sent(Named named) {
        return switch (named.field().kind()) {
            case TEXT -> "\"some text\"";
            case TIME -> "\"2026-01-31T11:59:59.123456789Z\"";
            case FLAG -> "true";
            case INTEGER, NUMBER ->
                    new BigDecimal(expected(named.field()).toString())
                            .divide(scale(named.alias()))
                            .toPlainString();
        };
    }

    /** Another value than {@link #sent}. */
    private static String other(Named named) {
        return switch (named.field().kind()) {
            case TEXT -> "\"other text\"";
            case TIME -> "\"2026-01-31T11:59:58Z\"";
            case FLAG -> "false";
            case INTEGER, NUMBER -> "0";
        };
    }

    private static BigDecimal scale(@Nullable Alias alias) {
        return alias == null ? BigDecimal.ONE : alias.exactScale();
    }

    private static List<String> insideRange(Named named) {
        var field = named.field();
        return switch (field.kind()) {
            case TEXT -> List.of(text("a", 1), text("a", 512), text("é", 512), text("😀", 512));
            case TIME -> List.of("\"2026-01-31T12:00:00Z\"");
            case FLAG -> List.of("true", "false");
            case INTEGER, NUMBER -> List.of(limit(named, field.min()), limit(named, field.max()));
        };
    }

    private static List<String> outsideRange(Named named) {
        var field = named.field();
        return switch (field.kind()) {
            case TEXT ->
                    List.of(
                            text("a", 513),
                            text("😀", 513),
                            "\"a\\u0000\"",
                            "\"a\\nb\"",
                            "\"\\u007f\"",
                            "\"\\u0085\"",
                            "\"\\ud800\"",
                            "\"\\udc00\\ud800\"");
            case TIME ->
                    List.of(
                            "\"1969-12-31T23:59:59.999999999Z\"",
                            "\"2262-04-11T23:47:16Z\"",
                            "\"0001-01-01T00:00:00Z\"",
                            "\"9999-12-31T23:59:59Z\"");
            case FLAG -> List.of();
            case INTEGER, NUMBER ->
                    List.of(
                            beyond(limit(named, field.min()), -1),
                            field.isRatio()
                                    ? limit(named, JsonValue.MOST_OF_A_RATIO + 0.001)
                                    : beyond(limit(named, field.max()), 1));
        };
    }

    private static String text(String unit, int count) {
        return '"' + unit.repeat(count) + '"';
    }

    /** A limit of the field in the unit of the name. */
    private static String limit(Named named, double limit) {
        var alias = named.alias();
        if (alias != null && alias.reading() == Reading.RATIO_OR_PERCENT && limit >= 1) {
            return BigDecimal.valueOf(limit).movePointRight(2).toPlainString();
        }
        return BigDecimal.valueOf(limit).divide(scale(alias)).toPlainString();
    }

    /** A number beyond a limit, far enough that it is no rounding error. */
    private static String beyond(String limit, int direction) {
        var from = new BigDecimal(limit);
        var step = from.abs().movePointLeft(6).setScale(0, RoundingMode.DOWN).max(BigDecimal.ONE);
        return from.add(step.multiply(BigDecimal.valueOf(direction))).toPlainString();
    }
}
