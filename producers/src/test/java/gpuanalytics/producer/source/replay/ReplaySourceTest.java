package gpuanalytics.producer.source.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.MovedTrace;
import gpuanalytics.producer.source.replay.ReplayOptions.Times;
import gpuanalytics.service.config.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaySourceTest {

    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
    private static final OptionalDouble MAX = OptionalDouble.empty();
    private static final EventLimits ANY_TIME =
            new EventLimits(Duration.ofDays(36_600), Duration.ofDays(36_600), 1 << 20);
    private static final String AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

    @TempDir Path directory;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static ReplayOptions options(OptionalDouble speed, Path... files) {
        return new ReplayOptions(
                List.of(files),
                speed,
                false,
                Optional.empty(),
                Times.ORIGINAL,
                Optional.empty(),
                ANY_TIME,
                false);
    }

    private static ReplaySource source(Path... files) {
        return new ReplaySource(options(MAX, files));
    }

    private static List<Event> all(ReplaySource source) {
        var events = new ArrayList<Event>();
        while (!source.ended()) {
            source.nextDue(NOW);
            events.addAll(source.take(NOW, 1000));
        }
        return events;
    }

    private static List<String> errors(Path... files) {
        return assertThrows(ConfigurationException.class, () -> source(files)).errors();
    }

    /** The folder of real traces beside the repository, or a skip that says so. */
    private static Path trace(String name) {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var file = at.resolve("shared/data").resolve(name);
            if (Files.isReadable(file)) {
                return file;
            }
        }
        System.out.println("skipped: shared/data/" + name + " is not here");
        assumeTrue(false, "shared/data/" + name + " is not here");
        throw new AssertionError();
    }

    private static long sum(List<Event> events, Field<Long> field) {
        return events.stream()
                .map(event -> event.get(field))
                .mapToLong(value -> value == null ? 0 : value)
                .sum();
    }

    @Test
    void replaysTheAzureConversationTraceToTheLastToken() {
        var events = all(source(trace("azure-llm-2023/AzureLLMInferenceTrace_conv.csv")));

        assertEquals(19_366, events.size());
        assertEquals(22_361_870, sum(events, TokenUsage.PROMPT_TOKENS));
        assertEquals(4_088_665, sum(events, TokenUsage.COMPLETION_TOKENS));
        assertEquals(Instant.parse("2023-11-16T18:15:46.680590Z"), events.getFirst().ts());
        assertEquals("azure-llm-2023-conv", events.getFirst().get(TokenUsage.MODEL));
        assertEquals(19_366, new HashSet<>(events.stream().map(EventId::of).toList()).size());
    }

    @Test
    void replaysTwoTracesMergedByTime() {
        var events =
                all(
                        source(
                                trace("azure-llm-2023/AzureLLMInferenceTrace_code.csv"),
                                trace("azure-llm-2023/AzureLLMInferenceTrace_conv.csv")));

        assertEquals(8_819 + 19_366, events.size());
        assertEquals(
                8_819,
                events.stream()
                        .filter(e -> "azure-llm-2023-code".equals(e.get(TokenUsage.MODEL)))
                        .count());
        for (int i = 1; i < events.size(); i++) {
            assertTrue(!events.get(i).ts().isBefore(events.get(i - 1).ts()), "in order of time");
        }
    }

    @Test
    void replaysTheMooncakeTrace() {
        var events = all(source(trace("mooncake-fast25/conversation_trace_derived.csv")));

        assertEquals(12_031, events.size());
        assertEquals(TraceFormat.MOONCAKE_START, events.getFirst().ts());
        assertEquals(512, events.get(1).get(TokenUsage.CACHED_PROMPT_TOKENS));
    }

    @Test
    void joinsTheAlibabaReadingsByPodAndTime() {
        var source =
                source(
                        trace("alibaba-genai-2026/pod_gpu_memory_used_bytes_anon.csv"),
                        trace("alibaba-genai-2026/pod_gpu_duty_cycle_anon.csv"));

        var events = all(source);

        // 157,417 + 161,413 rows, of which 157,415 have a partner
        assertEquals(161_415, events.size());
        assertEquals(157_417, events.stream().filter(e -> has(e, GpuMetric.UTILIZATION)).count());
        assertEquals(
                161_413, events.stream().filter(e -> has(e, GpuMetric.MEM_USED_BYTES)).count());
        assertEquals(57.0, events.getFirst().get(GpuMetric.INTERVAL_S));
        assertEquals(144, events.stream().map(Event::gpu).distinct().count());
        assertEquals(Map.of(), source.droppedRows());
    }

    private static boolean has(Event event, Field<?> field) {
        return event.get(field) != null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void readsWhateverTheLinesEndIn(String newline) throws IOException {
        var content =
                "\uFEFFGeneratedTokens,TIMESTAMP,ContextTokens\n9,2023-11-16 18:17:03.9799601,4\n\n"
                        + "\"8\", 2023-11-16T18:17:04Z ,5";

        var events = all(source(file("t.csv", content.replace("\n", newline))));

        assertEquals(2, events.size());
        assertEquals(Instant.parse("2023-11-16T18:17:03.979960100Z"), events.getFirst().ts());
        assertEquals(4, events.getFirst().get(TokenUsage.PROMPT_TOKENS));
        assertEquals(9, events.getFirst().get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(8, events.getLast().get(TokenUsage.COMPLETION_TOKENS));
    }

    @Test
    void countsDroppedRowsByReason() throws IOException {
        var source =
                source(
                        file(
                                "t.csv",
                                AZURE
                                        + "2023-11-16 18:17:03,1,2\n"
                                        + "2023-11-16 18:17:03,,\n"
                                        + ",1,2\n"
                                        + "yesterday,1,2\n"
                                        + "2023-11-16 18:17:03,x,2\n"
                                        + "2023-11-16 18:17:03,1.5,2\n"
                                        + "2023-11-16 18:17:03,-1,2\n"
                                        + "2023-11-16 18:17:03,0,0\n"
                                        + "2023-11-16 18:17:03,1e99999,2\n"
                                        + "2023-11-16 18:17:03\n"
                                        + "2023-11-16 18:17:04,,7\n"));

        var events = all(source);

        assertEquals(2, events.size());
        assertNull(events.getLast().get(TokenUsage.PROMPT_TOKENS), "absent is not zero");
        assertEquals(
                Map.of(
                        "missing_value", 2L,
                        "too_few_cells", 1L,
                        "bad_time", 1L,
                        "bad_number", 3L,
                        "out_of_range", 1L,
                        "no_tokens", 1L),
                source.droppedRows());
    }

    @Test
    void aReadingWithoutItsPartnerIsAbsent() throws IOException {
        var duty =
                file(
                        "a.csv",
                        """
                        value,timestamp_anon,container_ip
                        50.0,100.0,x
                        ,100.0,y
                        101,157,x
                        7,157,y
                        7,157,y
                        8,100,y
                        """);
        var memory =
                file(
                        "b.csv",
                        "timestamp_anon,value,container_ip\n100.0,2e9,y\n157,3e9,x\n157,0,z\n");
        var source = source(duty, memory);

        var events = all(source);

        assertEquals(
                List.of("x/0", "y/0", "x/0", "y/0", "z/0"),
                events.stream().map(event -> String.valueOf(event.gpu())).toList());
        assertEquals(0.5, events.get(0).get(GpuMetric.UTILIZATION));
        assertNull(events.get(0).get(GpuMetric.MEM_USED_BYTES));
        assertNull(events.get(1).get(GpuMetric.UTILIZATION));
        assertEquals(2_000_000_000L, events.get(1).get(GpuMetric.MEM_USED_BYTES));
        assertEquals(0L, events.get(4).get(GpuMetric.MEM_USED_BYTES));
        assertEquals(
                Map.of(
                        "missing_value",
                        1L,
                        "out_of_range",
                        1L,
                        "duplicate",
                        1L,
                        "out_of_order",
                        1L),
                source.droppedRows());
    }

    @Test
    void theSameFileGivesTheSameEventsWhateverItIsCalled() throws IOException {
        var rows = AZURE + "2023-11-16 18:17:03,1,2\n2023-11-16 18:17:03,1,2\n";
        var plain = file("trace.csv", rows);
        var packed = directory.resolve("packed.csv.gz");
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(rows.getBytes(UTF_8));
        }
        Files.write(packed, bytes.toByteArray());

        var events = all(source(plain));

        assertEquals(events, all(source(plain)));
        assertEquals(events, all(source(packed)));
        assertEquals(2, new HashSet<>(events.stream().map(EventId::of).toList()).size());
    }

    @Test
    void everyRoundOfALoopIsDistinct() throws IOException {
        var usages = file("t.csv", AZURE + "2023-11-16 18:17:03,1,2\n2023-11-16 18:17:04,1,2\n");
        var samples = file("g.csv", "value,timestamp_anon,container_ip\n50,100,x\n50,157,x\n");
        var source =
                new ReplaySource(
                        new ReplayOptions(
                                List.of(usages, samples),
                                MAX,
                                true,
                                Optional.empty(),
                                Times.ORIGINAL,
                                Optional.empty(),
                                ANY_TIME,
                                false));
        source.nextDue(NOW);

        var events = source.take(NOW, 40);

        assertEquals(40, new HashSet<>(events.stream().map(EventId::of).toList()).size());
        assertEquals(4, new HashSet<>(events.stream().map(Event::ts).toList()).size());
    }

    @Test
    void aLoopThatIsStartedAgainGivesNewEventsUnlessItsRunIsNamed() throws IOException {
        var usages = file("t.csv", AZURE + "2023-11-16 18:17:03,1,2\n2023-11-16 18:17:04,1,2\n");
        var samples = file("g.csv", "value,timestamp_anon,container_ip\n50,100,x\n50,157,x\n");
        var later = NOW.plusSeconds(60);

        var first = loop(Optional.empty(), NOW, usages, samples);
        var second = loop(Optional.empty(), later, usages, samples);
        var named = loop(Optional.of("night-1"), NOW, usages, samples);

        assertTrue(
                Collections.disjoint(first, second), "each start counts from its first event on");
        assertTrue(Collections.disjoint(first, named));
        assertEquals(named, loop(Optional.of("night-1"), later, usages, samples));
        assertTrue(Collections.disjoint(named, loop(Optional.of("night-2"), NOW, usages, samples)));
    }

    /** The identities of three rounds of a loop over two traces with two events each. */
    private static Set<String> loop(Optional<String> run, Instant start, Path... files) {
        var options =
                new ReplayOptions(
                        List.of(files),
                        MAX,
                        true,
                        run,
                        Times.ORIGINAL,
                        Optional.empty(),
                        ANY_TIME,
                        false);
        var source = new ReplaySource(options);
        source.nextDue(start);
        var identities = new HashSet<>(source.take(start, 12).stream().map(EventId::of).toList());
        assertEquals(12, identities.size());
        return identities;
    }

    @Test
    void aSpeedCompressesTheTime() throws IOException {
        var trace = file("t.csv", AZURE + "2023-11-16 18:17:00,1,2\n2023-11-16 18:18:00,1,2\n");
        var source = new ReplaySource(options(OptionalDouble.of(60), trace));

        assertEquals(NOW, source.nextDue(NOW));
        assertEquals(1, source.take(NOW, 10).size());
        assertEquals(NOW.plusSeconds(1), source.nextDue(NOW));
        assertEquals(0, source.take(NOW.plusMillis(999), 10).size());
        assertEquals(1, source.take(NOW.plusSeconds(1), 10).size());
        assertTrue(source.ended());
    }

    @Test
    void tracesOfDifferentKindsBeginTogether() throws IOException {
        var usages = file("t.csv", AZURE + "2023-11-16 18:17:00,1,2\n");
        var samples = file("g.csv", "value,timestamp_anon,container_ip\n50,1662858720,x\n");
        var source = new ReplaySource(options(OptionalDouble.of(1), usages, samples));
        source.nextDue(NOW);

        assertEquals(2, source.take(NOW, 10).size());
    }

    @Test
    void presentTimesAreThoseAtWhichEventsAreDue() throws IOException {
        var samples = file("g.csv", "value,timestamp_anon,container_ip\n50,100,x\n50,160,x\n");
        var source =
                new ReplaySource(
                        new ReplayOptions(
                                List.of(samples),
                                OptionalDouble.of(10),
                                false,
                                Optional.empty(),
                                Times.NOW,
                                Optional.of(2.0),
                                ANY_TIME,
                                false));
        source.nextDue(NOW);

        var events = source.take(NOW.plusSeconds(6), 10);

        assertEquals(List.of(NOW, NOW.plusSeconds(6)), events.stream().map(Event::ts).toList());
        assertEquals(6.0, events.getFirst().get(GpuMetric.INTERVAL_S));
        assertEquals(2.0, events.getFirst().get(GpuMetric.PRICE_PER_HOUR_USD));
    }

    @Test
    void alignedTimesMoveEachKindToTheOneThatBeginsLast() throws IOException {
        var samples = file("g.csv", "value,timestamp_anon,container_ip\n50,100,x\n50,157,x\n");
        var early = file("a.csv", AZURE + "2023-11-16 18:17:00,1,2\n2023-11-16 18:17:05,1,2\n");
        var late = file("b.csv", AZURE + "2023-11-16 18:17:30,1,3\n");

        var source = aligned(early, samples, late);
        var events = all(source);
        var original = all(source(early, late));

        var start = Instant.parse("2023-11-16T18:17:00Z");
        assertEquals(
                List.of(start, start.plusSeconds(57)),
                events.stream()
                        .filter(event -> event.topic() == EventTopic.GPU_METRICS)
                        .map(Event::ts)
                        .toList());
        assertEquals(
                original,
                events.stream().filter(event -> event.topic() == EventTopic.TOKEN_USAGE).toList(),
                "what is not moved is what it always was");
        assertEquals(events, all(aligned(early, samples, late)), "each time the same");
        assertEquals(
                List.of(
                        "aligned in time: Alibaba GenAI GPU duty cycle or memory begins at"
                                + " 2023-11-16T18:17:00Z in place of 1970-01-01T00:01:40Z, moved by"
                                + " PT472266H15M20S"),
                source.movedTraces().stream().map(MovedTrace::toString).toList());
    }

    private static ReplaySource aligned(Path... files) {
        return new ReplaySource(
                new ReplayOptions(
                        List.of(files),
                        MAX,
                        false,
                        Optional.empty(),
                        Times.ALIGNED,
                        Optional.empty(),
                        ANY_TIME,
                        false));
    }

    @Test
    void namesEveryFileThatCannotBeReplayed() throws IOException {
        var missing = directory.resolve("missing.csv");
        var empty = file("empty.csv", "");
        var headerOnly = file("header.csv", AZURE);
        var other = file("other.csv", "a,b\n1,2\n");
        var good = file("good.csv", AZURE + "2023-11-16 18:17:00,1,2\n");
        var copy = file("copy.csv", AZURE + "2023-11-16 18:17:00,1,2\n");
        var zeros = file("zeros.csv", "value,timestamp_anon,container_ip\n0,100,x\n");
        var broken = directory.resolve("broken.csv.gz");
        Files.write(broken, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});

        assertEquals(
                List.of(
                        missing + " does not exist, expected a trace",
                        directory + " is a directory, expected a trace",
                        empty + " is empty, expected a header and rows",
                        headerOnly + " has a header but no rows, expected at least one",
                        other
                                + " has the columns a,b, expected "
                                + TraceFormat.expected()
                                + "; it has no column of any of these",
                        copy + " has the same content as " + good + ", expected each trace once",
                        zeros
                                + " has no value above 0 in its first 1 rows, expected percent"
                                + " (a duty cycle) or bytes (memory)",
                        broken + " ends early, expected a whole gzip file"),
                errors(missing, directory, empty, headerOnly, other, good, copy, zeros, broken));
    }

    @Test
    void anEndlessLineIsCutOff() throws IOException {
        var source =
                source(
                        file(
                                "t.csv",
                                AZURE
                                        + "9".repeat(20_000_000)
                                        + ",1,2\n2023-11-16 18:17:00,1,2\n"));

        assertEquals(1, all(source).size());
        assertEquals(Map.of("line_too_long", 1L), source.droppedRows());
    }
}
