package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Field.Alias;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/event-contract.md says is what the code does. */
class EventContractPageTest {

    private static final Path PAGE = Path.of("../docs/event-contract.md");

    private static final Pattern NAME = Pattern.compile("`([^`]+)`(?: × ([0-9.]+))?");

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void listsEveryField(EventTopic topic) throws IOException {
        var expected = new ArrayList<List<String>>();
        for (var field : topic.fields().fields()) {
            expected.add(
                    List.of(
                            "`%s`%s".formatted(field.name(), field.required() ? " (required)" : ""),
                            field.kind().name().toLowerCase(Locale.ROOT),
                            field.unit(),
                            range(field),
                            together(field)));
        }

        var listed =
                rows(topic.defaultName()).stream()
                        .map(row -> List.copyOf(row.subList(0, 5)))
                        .toList();

        assertEquals(expected, listed);
    }

    @Test
    void mapsEveryOtherNameToItsField() throws IOException {
        var expected = new TreeMap<String, Map<String, String>>();
        for (var topic : EventTopic.values()) {
            for (var field : topic.fields().fields()) {
                for (var alias : field.aliases()) {
                    expected.computeIfAbsent(field.name(), _ -> new TreeMap<>())
                            .put(alias.name(), factor(alias));
                }
            }
        }

        var mapped = new TreeMap<String, Map<String, String>>();
        for (var row : rows("Names of other systems")) {
            if (!row.getFirst().startsWith("(")) {
                mapped.put(row.getFirst().replace("`", ""), names(row));
            }
        }

        assertEquals(expected, mapped);
    }

    @Test
    void callsNoNameUnusableThatIsUsable() throws IOException {
        for (var row : rows("Names of other systems")) {
            if (row.getFirst().startsWith("(")) {
                for (var name : names(row).keySet()) {
                    for (var topic : EventTopic.values()) {
                        assertNull(topic.fields().find(name), name);
                    }
                }
            }
        }
    }

    @Test
    void givesForEveryReasonARecordThatIsRefusedForIt() throws IOException {
        var reasons = EnumSet.noneOf(RejectReason.class);
        var codec = new EventCodec(Samples.LIMITS);
        for (var row : rows("Refusals")) {
            var reason = RejectReason.valueOf(row.get(0).replace("`", "").toUpperCase(Locale.ROOT));
            reasons.add(reason);
            if (reason != RejectReason.UNKNOWN_TOPIC && reason != RejectReason.CONFLICT) {
                var record = row.get(1).replace("`", "");
                assertEquals(
                        new Rejected(reason, row.get(2)),
                        codec.decode(EventTopic.TOKEN_USAGE, record.getBytes(UTF_8), Samples.NOW),
                        record);
            }
        }
        assertEquals(EnumSet.allOf(RejectReason.class), reasons);
    }

    @Test
    void statesTheLimits() throws IOException {
        var page = Files.readString(PAGE);

        assertEquals(1 << 20, EventLimits.DEFAULT_MAX_BYTES);
        assertEquals(8, EventCodec.MAX_NESTING);
        assertEquals(5, EventLimits.DEFAULT_MAX_LEAD.toMinutes());
        assertEquals(3660, EventLimits.DEFAULT_MAX_AGE.toDays());
        for (var stated : List.of("1 MiB", "8 levels", "5 minutes ahead", "3,660 days back")) {
            assertTrue(page.contains(stated), stated);
        }
    }

    private static Map<String, String> names(List<String> row) {
        var names = new TreeMap<String, String>();
        for (var cell : row.subList(1, row.size())) {
            var found = NAME.matcher(cell);
            while (found.find()) {
                names.put(found.group(1), found.group(2) == null ? "1" : found.group(2));
            }
        }
        return names;
    }

    private static String factor(Alias alias) {
        return new BigDecimal(Double.toString(alias.scale())).stripTrailingZeros().toPlainString();
    }

    private static String together(Field<?> field) {
        return switch (field.aggregation()) {
            case NONE -> "";
            case GAUGE, WHOLE_GAUGE -> "mean, min, max";
            case COUNTER -> "min, max";
            case SUM -> "sum";
            case HISTOGRAM -> "distribution";
        };
    }

    private static String range(Field<?> field) {
        return switch (field.kind()) {
            case TEXT -> "1 to 512 characters";
            case TIME -> "1970 to 2262";
            case FLAG -> "true, false";
            case INTEGER, NUMBER ->
                    Validation.sent(field.min(), null)
                            + " to "
                            + Validation.sent(field.max(), null);
        };
    }

    /** The cells of the table under a heading, without its head. */
    private static List<List<String>> rows(String heading) throws IOException {
        var sections = new LinkedHashMap<String, List<List<String>>>();
        List<List<String>> current = new ArrayList<>();
        for (var line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                current = new ArrayList<>();
                sections.put(line.substring(3), current);
            } else if (line.startsWith("| ")) {
                current.add(
                        Arrays.stream(line.substring(1).split("\\|", -1))
                                .map(String::strip)
                                .toList());
            }
        }
        var rows = sections.getOrDefault(heading, List.of());
        assertTrue(rows.size() > 1, "no table under " + heading);
        return rows.subList(1, rows.size());
    }
}
