package gpuanalytics.producer.source.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.service.config.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces, logs and exports as people have them. */
class TraceFormatsTest {

    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

    private static final String LITE_LLM =
            """
            request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,completionStartTime,model,model_group,custom_llm_provider,user,metadata,request_tags,team_id,end_user,status
            chatcmpl-7x,acompletion,88dc,0.0021,1020,900,120,2026-01-05 08:00:00.250,2026-01-05 08:00:04.750,2026-01-05 08:00:01.000,gpt-4o-mini,cheap,azure,default_user_id,"{""a"": ""1,2"", ""b"": ""x y"" }","[""x"", ""y""]",team-7,ann,success
            chatcmpl-7y,aembedding,88dc,0,15,15,0,2026-01-05T08:01:00Z,2026-01-05T08:01:00.125Z,2026-01-05T08:01:00.125Z,text-embedding-3-small,,openai,bob,{},[],,,success
            chatcmpl-7z,acompletion,88dc,0,0,0,0,2026-01-05 08:02:00+00,2026-01-05 08:02:09+00,,,cheap,,bob,"{""error"": ""line 1
            line 2""}",[],team-7,,failure
            """;

    private static final String OPEN_AI =
            """
            start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens,input_uncached_tokens
            1767600000,1767603600,2026-01-05T08:00:00+00:00,2026-01-05T09:00:00+00:00,proj_9,4.0,user-3,key_1,gpt-4.1-2025-04-14,False,default,1003,58,401,602
            1767603600,1767607200,2026-01-05T09:00:00+00:00,2026-01-05T10:00:00+00:00,,,,,,,,,,,
            1767607200,1767610800,2026-01-05T10:00:00+00:00,2026-01-05T11:00:00+00:00,proj_9,1.0,user-3,key_2,,False,default,7,0,0,7
            """;

    @TempDir Path directory;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static ReplaySource source(Path... files) {
        return new ReplaySource(
                ReplayOptions.ofImport(
                        List.of(files), Optional.empty(), EventLimits.defaults(), false));
    }

    private static List<Event> all(ReplaySource source) {
        var events = new ArrayList<Event>();
        source.nextDue(NOW);
        while (!source.ended()) {
            events.addAll(source.take(NOW, 1000));
        }
        return events;
    }

    private List<Event> events(String name, String content) throws IOException {
        var source = source(file(name, content));
        var events = all(source);
        assertEquals(List.of(), source.refusedRows());
        return events;
    }

    private static long sum(List<Event> events, Field<Long> field) {
        return events.stream().mapToLong(event -> Objects.requireNonNull(event.get(field))).sum();
    }

    private String error(Path file) {
        return assertThrows(ConfigurationException.class, () -> source(file)).errors().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "AzureLLMInferenceTrace_code_1week.csv, azure-llm-2024-code",
        "azure_conv.csv, azure-llm-2024-conv",
        "part-3.csv, azure-llm-2024",
    })
    void azures2024TraceHasANameOfItsOwn(String name, String model) throws IOException {
        var events =
                events(
                        name,
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens
                        2024-05-17 23:59:59.500001+00:00,811,9
                        2024-05-18 02:00:00+02:00,5,6
                        """);

        assertEquals(model, events.getFirst().get(TokenUsage.MODEL));
        assertEquals(Instant.parse("2024-05-17T23:59:59.500001Z"), events.getFirst().ts());
        assertEquals(Instant.parse("2024-05-18T00:00:00Z"), events.getLast().ts());
    }

    @Test
    void theFirstReadableTimeNamesTheYear() throws IOException {
        var source =
                source(
                        file(
                                "t.csv",
                                "TIMESTAMP,ContextTokens,GeneratedTokens\nnever,1,2\n2023-11-16"
                                        + " 18:17:03,1,2\n"));

        assertEquals("azure-llm-2023", all(source).getFirst().get(TokenUsage.MODEL));
    }

    @Test
    void readsBurstGptWithItsModelsAndFailures() throws IOException {
        var events =
                events(
                        "BurstGPT_3.csv",
                        """
                        Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
                        5,12,4.1,ChatGPT,472,18,490,Conversation log
                        86400.5,,,GPT-4,1087,0,1087,API log
                        """);

        assertEquals(2, events.size());
        assertEquals(Instant.parse("2024-01-31T00:00:05Z"), events.getFirst().ts());
        assertEquals("ChatGPT", events.getFirst().get(TokenUsage.MODEL));
        assertEquals(472, events.getFirst().get(TokenUsage.PROMPT_TOKENS));
        assertEquals(18, events.getFirst().get(TokenUsage.COMPLETION_TOKENS));
        assertEquals("Conversation log", events.getFirst().get(TokenUsage.WORKLOAD));
        assertNull(events.getFirst().get(TokenUsage.STATUS));
        assertEquals(Instant.parse("2024-02-01T00:00:00.500Z"), events.getLast().ts());
        assertEquals("failure", events.getLast().get(TokenUsage.STATUS));
    }

    @Test
    void readsMooncakeAsItIsPublished() throws IOException {
        var events =
                events(
                        "toolagent_trace.jsonl",
                        """
                        {"timestamp": 0, "input_length": 6755, "output_length": 500, "hash_ids": [0, 1, 2]}
                        {"hash_ids": [], "output_length": 7, "input_length": 12, "timestamp": 27482.5}
                        """);

        assertEquals(6767, sum(events, TokenUsage.PROMPT_TOKENS));
        assertEquals(507, sum(events, TokenUsage.COMPLETION_TOKENS));
        assertEquals("mooncake-fast25-toolagent", events.getFirst().get(TokenUsage.MODEL));
        assertEquals(TraceFormat.MOONCAKE_START, events.getFirst().ts());
        assertEquals(TraceFormat.MOONCAKE_START.plusMillis(27_483), events.getLast().ts());
        assertNull(events.getFirst().get(TokenUsage.CACHED_PROMPT_TOKENS), "hashes are not tokens");
    }

    @Test
    void readsLiteLlmsTableWithItsQuotedCells() throws IOException {
        var events = events("spend.csv", LITE_LLM);

        var chat = events.getFirst();
        assertEquals(3, events.size());
        assertEquals("r:chatcmpl-7x", EventId.of(chat));
        assertEquals(Instant.parse("2026-01-05T08:00:04.750Z"), chat.ts());
        assertEquals(4500.0, chat.get(TokenUsage.LATENCY_MS));
        assertEquals(750.0, chat.get(TokenUsage.TTFT_MS));
        assertEquals("gpt-4o-mini", chat.get(TokenUsage.MODEL));
        assertEquals("azure", chat.get(TokenUsage.PROVIDER));
        assertEquals("team-7", chat.get(TokenUsage.TEAM));
        assertEquals("ann", chat.get(TokenUsage.USER));
        assertNull(events.get(1).get(TokenUsage.TTFT_MS), "nothing was streamed");
        assertEquals("bob", events.get(1).get(TokenUsage.USER));
        var failed = events.get(2);
        assertEquals("failure", failed.get(TokenUsage.STATUS));
        assertEquals("cheap", failed.get(TokenUsage.MODEL));
        assertEquals(0, failed.get(TokenUsage.PROMPT_TOKENS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s,%n%s]", "{\"data\":[%s,%s],\"total\":2}", "%s%n%s%n"})
    void readsLiteLlmsAnswersInAnyForm(String form) throws IOException {
        var one =
                """
                {"request_id":"a-1","startTime":"2026-01-05T08:00:00Z","endTime":"2026-01-05T08:00:01Z",\
                "model":"m","prompt_tokens":3,"completion_tokens":4,"metadata":{"data":[{"x":1}]}}\
                """;
        var other = one.replace("a-1", "a-2").replace(":3", ":30");

        var events = events("logs.json", form.formatted(one, other));

        assertEquals(List.of("r:a-1", "r:a-2"), events.stream().map(EventId::of).toList());
        assertEquals(33, sum(events, TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void anOpenAiBucketGivesItsRequestsAndItsTokensToTheLast() throws IOException {
        var events = events("completions_usage.csv", OPEN_AI);

        assertEquals(5, events.size());
        assertEquals(1010, sum(events, TokenUsage.PROMPT_TOKENS));
        assertEquals(58, sum(events, TokenUsage.COMPLETION_TOKENS));
        assertEquals(401, sum(events, TokenUsage.CACHED_PROMPT_TOKENS));
        assertEquals(5, new HashSet<>(events.stream().map(EventId::of).toList()).size());
        var first = events.getFirst();
        assertEquals(Instant.parse("2026-01-05T08:00:00Z"), first.ts());
        assertEquals("gpt-4.1-2025-04-14", first.get(TokenUsage.MODEL));
        assertEquals("proj_9", first.get(TokenUsage.PROJECT));
        assertEquals("user-3", first.get(TokenUsage.USER));
        assertEquals("openai", first.get(TokenUsage.PROVIDER));
        assertEquals("unknown", events.getLast().get(TokenUsage.MODEL));
    }

    @Test
    void openAisPagesSayTheSameAsItsTable() throws IOException {
        var page =
                """
                {
                  "object": "page",
                  "data": [
                    {"results": [{"object": "organization.usage.completions.result", "input_tokens": 1003,
                      "output_tokens": 58, "input_cached_tokens": 401, "num_model_requests": 4,
                      "project_id": "proj_9", "user_id": "user-3", "api_key_id": "key_1",
                      "model": "gpt-4.1-2025-04-14", "batch": "False", "service_tier": "default"}],
                     "object": "bucket", "start_time": 1767600000, "end_time": 1767603600},
                    {"object": "bucket", "start_time": 1767603600, "end_time": 1767607200, "results": []}
                  ],
                  "has_more": false, "next_page": null
                }
                """;

        var told = events("page.json", page);

        assertEquals(events("table.csv", OPEN_AI).subList(0, 4), told);
    }

    @Test
    void anExportThatOverlapsIsKnownAgain() throws IOException {
        var lines = OPEN_AI.lines().toList();
        var grown = lines.get(0) + "\n" + lines.get(1).replace(",1003,58,", ",2003,59,") + "\n";

        var before = events("monday.csv", OPEN_AI).subList(0, 4);
        var after = events("tuesday.csv", grown);

        assertEquals(
                before.stream().map(EventId::of).toList(),
                after.stream().map(EventId::of).toList());
    }

    @Test
    void aBucketBeyondCountingIsRefusedByName() throws IOException {
        var source =
                source(
                        file(
                                "b.csv",
                                """
                                start_time,end_time,num_model_requests,input_tokens
                                1767600000,1767603600,5000000,9
                                """));

        assertEquals(0, all(source).size());
        assertTrue(
                source.refusedRows().getFirst().first().contains("num_model_requests is 5000000"),
                source.refusedRows().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "\t", "|"})
    void readsCellsBetweenOtherSeparators(String separator) throws IOException {
        var rows = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9,41,7\n";

        for (var start :
                List.of("", "sep=" + separator + "\r\n", "\uFEFFsep=" + separator + "\n")) {
            var events = events("t.csv", start + rows.replace(",", separator));

            assertEquals(41, sum(events, TokenUsage.PROMPT_TOKENS), start);
        }
    }

    @Test
    void theSeparatorThatALineNamesHolds() throws IOException {
        var events =
                events(
                        "t.csv",
                        """
                        sep=,
                        TIMESTAMP,ContextTokens,GeneratedTokens,a;b;c;d;e
                        2023-11-16 18:17:03,8,9,x
                        """);

        assertEquals(8, sum(events, TokenUsage.PROMPT_TOKENS));
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatIsReadGzippedAndAsJsonLinesToo(TraceFormat format) throws IOException {
        var rows = example(format);
        var lines = rows.lines().toList();
        var names = lines.get(0).split(",", -1);
        var cells = lines.get(1).split(",", -1);
        var json = new StringBuilder();
        for (int index = 0; index < names.length; index++) {
            json.append(index == 0 ? "{" : ",")
                    .append("\"%s\":\"%s\"".formatted(names[index].strip(), cells[index].strip()));
        }

        var plain = all(source(file("t.csv", rows))).getFirst();
        var fromJson = all(source(file("t.jsonl", json + "}\n"))).getFirst();
        var packed = directory.resolve("t.csv.gz");
        Files.write(packed, gzipped(rows));

        assertEquals(plain, all(source(packed)).getFirst());
        assertEquals(plain.ts(), fromJson.ts());
        assertEquals(plain.gpu(), fromJson.gpu());
        assertEquals(plain.topic(), fromJson.topic());
    }

    /** A header and a row of each format. */
    private static String example(TraceFormat format) {
        return switch (format) {
            case AZURE_LLM -> "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00,3,4\n";
            case BURST_GPT -> "Timestamp,Model,Request tokens,Response tokens\n3,GPT-4,5,6\n";
            case MOONCAKE -> "timestamp_ms,input_length,output_length\n17,8,9\n";
            case MOONCAKE_JSON -> "timestamp,input_length,output_length\n17,8,9\n";
            case LITE_LLM ->
                    """
                    request_id,startTime,endTime,model,prompt_tokens,completion_tokens
                    q,2026-01-05 08:00:00,2026-01-05 08:00:01,m,1,2
                    """;
            case OPEN_AI ->
                    """
                    start_time,end_time,num_model_requests,input_tokens
                    1767600000,1767603600,1,9
                    """;
            case ALIBABA_GPU -> "timestamp_anon,value,container_ip\n1662858720,50,x\n";
            case NVIDIA_SMI ->
                    """
                    timestamp, uuid, power.draw [W]
                    2026/01/20 07:30:00.001, GPU-1, 5 W
                    """;
        };
    }

    private static byte[] gzipped(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "2025-02-30 07:05, 2025-02-28T07:05:00Z",
        "2025-11-31T07:05:00Z, 2025-11-30T07:05:00Z",
        "2024-02-29 07:05:01, 2024-02-29T07:05:01Z",
    })
    void aDayThatItsMonthDoesNotHaveIsItsLast(String written, Instant expected) throws IOException {
        var told =
                events("t.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n" + written + ",1,2\n");

        assertEquals(List.of(expected), told.stream().map(Event::ts).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    12/03/2025 07:05, 1, 2       | bad_time      | a spreadsheet has saved it anew
                    3.12.25 07:05:09, 1, 2       | bad_time      | a spreadsheet has saved it anew
                    45994.2951, 1, 2             | bad_time      | a spreadsheet has saved it anew
                    2025-11-32T07:05:00Z, 1, 2   | bad_time      | TIMESTAMP is 2025-11-32T07:05:00Z, expected a time such as
                    2025-12-03 07:05, "2,048", 2 | bad_number    | ContextTokens is 2,048, expected a number without separators
                    2025-12-03 07:05, 2 048, 2   | bad_number    | ContextTokens is 2 048, expected a number without separators
                    2025-12-03 07:05, 2.048, 2   | bad_number    | ContextTokens is 2.048, expected a number without separators
                    2025-12-03 07:05, 2,048, 2   | too_many_cells | the row has 4 cells, expected the header's 3: 2025-12-03 07:05, 2,048, 2
                    2025-12-03 07:05, 2          | too_few_cells | the row has 2 of the header's 3 cells: 2025-12-03 07:05, 2
                    2033-12-03 07:05, 1, 2       | from_the_future | 2033-12-03T07:05:00Z is from the future, expected at most 2026-03-02T10:05:00Z: MAX_EVENT_LEAD_S (300) decides
                    2009-12-03 07:05, 1, 2       | too_old       | 2009-12-03T07:05:00Z is too old, expected at least 2016-02-23T10:00:00Z: MAX_EVENT_AGE_DAYS (3660) decides
                    """)
    void aRowThatIsLostIsNamedWithItsLineAndItsValue(String row, String reason, String detail)
            throws IOException {
        var file =
                file(
                        "t.csv",
                        "TIMESTAMP,ContextTokens,GeneratedTokens\n2025-12-03 07:05:01,1,2\n\n"
                                + row
                                + "\n2025-12-03 07:05:02,1,2\n"
                                + row
                                + "\n");
        var source = source(file);

        assertEquals(2, all(source).size());

        var refused = source.refusedRows().getFirst();
        assertEquals(Map.of(reason, 2L), source.droppedRows());
        assertTrue(refused.first().startsWith("line 4 of " + file + ": "), refused.first());
        assertTrue(refused.first().contains(detail), refused.first());
        assertTrue(source.isIncomplete());
    }

    @Test
    void theSettingsOfTheProcessorDecideWhichTimesAreTaken() throws IOException {
        var file =
                file(
                        "t.csv",
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens
                        2009-12-03 07:05:00,1,2
                        2026-03-02 10:00:30,1,2
                        2026-03-02 10:00:31,1,2
                        """);
        var limits = new EventLimits(Duration.ofDays(10_000), Duration.ofSeconds(30), 1 << 20);
        var source =
                new ReplaySource(
                        ReplayOptions.ofImport(List.of(file), Optional.empty(), limits, true));

        assertEquals(2, all(source).size());
        assertEquals(Map.of("from_the_future", 1L), source.droppedRows());
        assertTrue(!source.isIncomplete(), "lenient");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9e29",
                "-9e29",
                "253402300799",
                "-253402300799",
                "1e400",
                "NaN",
                "+999999999-12-31 00:00:00"
            })
    void aTimeBeyondAllMeasureIsARefusedRow(String time) throws IOException {
        var header = "Timestamp,Model,Request tokens,Response tokens\n";
        var azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
        var pods = "timestamp_anon,value,container_ip\n1662858720,50,x\n";
        var source =
                source(
                        file("b.csv", header + time + ",m,1,2\n"),
                        file("a.csv", azure + time + ",1,2\n"),
                        file("p.csv", pods + time + ",50,x\n"));

        assertEquals(1, all(source).size());
        assertEquals(3, source.droppedRows().values().stream().mapToLong(count -> count).sum());
    }

    @Test
    void samplesThatLieFarApartHaveNoInterval() throws IOException {
        var hours = "timestamp_anon,value,container_ip\n1662858720,50,x\n1662866000,51,x\n";
        var log =
                """
                timestamp, index, power.draw [W]
                2026/01/20 07:30:00.001, 0, 4.20 W
                2026/01/20 09:30:00.001, 0, 4.20 W
                """;

        for (var content : List.of(hours, log)) {
            var events = events("t.csv", content);
            assertEquals(2, events.size());
            assertNull(events.getFirst().get(GpuMetric.INTERVAL_S));
        }
    }

    @Test
    void anEndlessValueIsBounded() throws IOException {
        var endless = "9".repeat(8_000_000);

        assertTrue(
                error(file("j.json", "{\"timestamp\": \"" + endless))
                        .contains(" holds no row to begin with: the document has a defect"));
        var pod =
                source(
                        file(
                                "p.csv",
                                "timestamp_anon,value,container_ip\n1662858720,50,x\n1662858720,50,"
                                        + "y".repeat(600)
                                        + "\n"));
        assertEquals(1, all(pod).size());
        assertEquals(Map.of("out_of_range", 1L), pod.droppedRows());
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedFileEndsWithEventsRefusedRowsOrOneClearLine(TraceFormat format)
            throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var lines = example(format).lines().toList();
        var whole = lines.get(0) + "\n" + (lines.get(1) + "\n").repeat(3);
        for (int run = 0; run < 300; run++) {
            var content = whole.getBytes(UTF_8);
            for (int change = 1 + random.nextInt(5); change > 0; change--) {
                // most of them behind the header, or no format would be recognised
                int at = lines.get(0).length() * random.nextInt(6) / 5;
                content[Math.min(content.length - 1, at + random.nextInt(content.length - at))] =
                        (byte) "0\",;\n9-e.:\u001b{[\0\u00ff ".charAt(random.nextInt(16));
            }
            var file = Files.write(directory.resolve("f"), content);
            assertEnds(file, "seed %d, run %d".formatted(seed, run));
        }
    }

    @ParameterizedTest
    @EnumSource
    void timesThatLieAgesApartEndSoToo(TraceFormat format) throws IOException {
        var lines = example(format).lines().toList();
        var row = lines.get(1);
        var first = row.replaceAll("20\\d\\d(?=[-/])", "0001");
        var last = row.replaceAll("20\\d\\d(?=[-/])", "9999");
        var content = String.join("\n", lines.get(0), row, first, last, first, last, row, "");

        assertEnds(Files.writeString(directory.resolve("f"), content), format.name());
    }

    private static void assertEnds(Path file, String which) {
        try {
            var source = source(file);
            all(source);
            source.refusedRows().forEach(rows -> assertPlain(rows.toString(), which));
        } catch (ConfigurationException e) {
            assertEquals(1, e.errors().size(), which);
            assertPlain(e.errors().getFirst(), which);
        } catch (RuntimeException e) {
            throw new AssertionError(which, e);
        }
    }

    private static void assertPlain(String line, String which) {
        assertTrue(line.chars().noneMatch(Character::isISOControl), which + ": " + line);
    }

    @Test
    void emptyEndsOfRowsAndEmptyRowsLoseNothing() throws IOException {
        var events =
                events(
                        "t.csv",
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens,
                        2025-12-03 07:05:01,1,2
                        ,,,
                        2025-12-03 07:05:02,1,2,
                        2025-12-03 07:05:03,1,2,,,

                        """);

        assertEquals(3, events.size());
    }

    @Test
    void aRequestIsTheSameWhateverItsFileIsCalled() throws IOException {
        var rows =
                "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\n2023-11-16"
                        + " 18:17:03,1,2\n";

        var first = events("azure_conv.csv", rows);
        var second = events("a copy of it.txt", rows);

        assertEquals(
                first.stream().map(EventId::of).toList(),
                second.stream().map(EventId::of).toList());
        assertEquals(2, new HashSet<>(first.stream().map(EventId::of).toList()).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    timestamp,ContextTokens,generated_tokens | nearest is Azure LLM inference: it has ContextTokens and lacks TIMESTAMP (it has timestamp), GeneratedTokens (it has generated_tokens)
                    Model,Request tokens,Response Tokens     | nearest is BurstGPT: it has Model, Request tokens and lacks Timestamp, Response tokens (it has Response Tokens)
                    request_id,model,prompt_tokens           | nearest is LiteLLM spend logs: it has request_id, model, prompt_tokens and lacks startTime, endTime, completion_tokens
                    value,timestamp_anon,container_ip,type   | nearest is Alibaba GenAI GPU duty cycle or memory: it has timestamp_anon, value, container_ip and others that do not belong to it
                    colour,shape                             | it has no column of any of these
                    2023-11-16 18:17:03,374,44               | its first line holds values and no names of columns
                    """)
    void anUnknownFileIsToldTheNearestFormatAndWhy(String header, String nearest)
            throws IOException {
        var error = error(file("x.csv", header + "\n1,2,3,4\n"));

        assertTrue(error.contains(" has the columns " + header + ", expected "), error);
        assertTrue(error.endsWith("; " + nearest), error);
        for (var format : TraceFormat.values()) {
            assertTrue(error.contains("(" + format.title() + ")"), error);
        }
    }

    @Test
    void whatAFileHoldsDoesNotReachTheTerminal() throws IOException {
        var escape = "\u001b]0;owned\u0007\u202e";
        var named = file("n\u001b[31m.csv", "x" + escape + ",y\n1,2\n");
        var rows =
                file(
                        "r\u001b[31m.csv",
                        "TIMESTAMP,ContextTokens,GeneratedTokens\n" + escape + ",1,2\n");
        var source = source(rows);

        var texts = List.of(error(named), source.refusedRows() + "", rest(source));

        for (var text : texts) {
            assertTrue(
                    text.chars().noneMatch(c -> Character.isISOControl(c) || c == '\u202e'), text);
        }
        assertTrue(error(named).contains("\\u001b]0;owned\\u0007\\u202e"), error(named));
        assertTrue(rest(source).contains("TIMESTAMP is \\u001b]0;owned"), rest(source));
    }

    private static String rest(ReplaySource source) {
        all(source);
        return source.refusedRows().toString();
    }
}
