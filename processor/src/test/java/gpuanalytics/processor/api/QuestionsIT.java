package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.query.MongoUsageQueries;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.RollupRetention;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.TestRollups;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.TestStoreConfig;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Questions over HTTP, answered from a real store, against a plain list of what was used. {@code
 * -Dquestions.seed} repeats a run.
 */
@TestInstance(Lifecycle.PER_CLASS)
class QuestionsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "America/New_York",
                    "Europe/Berlin",
                    "Asia/Kolkata",
                    "Australia/Lord_Howe",
                    "America/St_Johns",
                    "America/Havana",
                    "Asia/Kathmandu",
                    "+05:30");

    /** Days of clock changes in some of the zones, and one month's end without any. */
    private static final List<Instant> AROUND =
            List.of(
                    Instant.parse("2025-03-09T06:00:00Z"),
                    Instant.parse("2025-03-30T01:00:00Z"),
                    Instant.parse("2025-04-05T15:00:00Z"),
                    Instant.parse("2025-10-04T15:30:00Z"),
                    Instant.parse("2025-10-26T01:00:00Z"),
                    Instant.parse("2025-11-02T06:00:00Z"),
                    Instant.parse("2025-12-31T18:30:00Z"));

    private static final int USAGES = 2500;
    private static final int USERS = 400;
    private static final int QUESTIONS = 80;

    private record Usage(
            Instant ts, String model, @Nullable String user, @Nullable String pod, long tokens) {}

    private final long seed = Long.getLong("questions.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Usage> usages = new ArrayList<>();
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final RunningApi api = new RunningApi();

    @BeforeAll
    void write() throws InterruptedException {
        System.out.println(getClass().getSimpleName() + " questions.seed=" + seed);
        store.prepare();
        var queries =
                MongoUsageQueries.of(
                        store,
                        new RollupRetention(
                                Duration.ofDays(3650), Duration.ofDays(3650), Duration.ZERO),
                        QueryLimits.defaults(),
                        Clock.fixed(RunningApi.NOW, ZoneOffset.UTC));
        api.queries.tokens = queries::tokens;
        api.queries.gpuSeries = queries::gpuSeries;
        api.queries.latestSamples = queries::latestSamples;
        var rollups = TestRollups.in(store);
        var partition = new TestRows(EventTopic.TOKEN_USAGE, "topic-q", 0);
        var rows = new ArrayList<CountedRow>();
        for (int i = 0; i < USAGES; i++) {
            var usage = randomUsage();
            usages.add(usage);
            var row =
                    partition.next(
                            TokenUsage.builder()
                                    .set(TokenUsage.TS, usage.ts)
                                    .set(TokenUsage.MODEL, usage.model)
                                    .set(TokenUsage.USER, usage.user)
                                    .set(TokenUsage.POD, usage.pod)
                                    .set(TokenUsage.PROVIDER, "provider of " + usage.model)
                                    .set(TokenUsage.PROMPT_TOKENS, usage.tokens)
                                    .build());
            rows.add(CountedRow.of(row));
        }
        rollups.apply(rows);
    }

    @AfterAll
    void close() {
        api.close();
        store.close();
        embedded.close();
    }

    private Usage randomUsage() {
        var around = AROUND.get(random.nextInt(AROUND.size()));
        var seconds = random.nextInt(4 * 86_400) - 2 * 86_400;
        // often near a full hour and a half one, where days begin
        var ts =
                random.nextInt(3) == 0
                        ? around.plusSeconds(seconds)
                                .truncatedTo(ChronoUnit.HOURS)
                                .plusSeconds(1800L * random.nextInt(2) + random.nextInt(121) - 60)
                        : around.plusSeconds(seconds);
        return new Usage(
                ts,
                List.of("llama", "a,b", "say \"hi\"", "other", "=1+1").get(random.nextInt(5)),
                random.nextInt(10) == 0 ? null : "u-" + random.nextInt(USERS),
                random.nextBoolean() ? null : "pod-" + random.nextInt(3),
                random.nextLong(1, 1_000_000));
    }

    @Test
    void totalsAreThoseOfTheMinutesAskedFor() throws IOException {
        for (int i = 0; i < QUESTIONS; i++) {
            var from = randomMinute();
            var to = from.plusSeconds(60L * (1 + random.nextInt(4 * 24 * 60)));

            var answer = json("/tokens?from=%s&to=%s".formatted(text(from), text(to)));

            var what = "%s to %s questions.seed=%d".formatted(from, to, seed);
            assertEquals(from.toString(), answer.get("from").asText(), what);
            assertEquals(to.toString(), answer.get("to").asText(), what);
            assertTrue(answer.get("exact").asBoolean(), what);
            assertEquals(sum(within(from, to)), tokens(answer.get("totals")), what);
            assertEquals(
                    usages.stream().filter(within(from, to)).count(),
                    answer.at("/totals/requests").asLong(),
                    what);
        }
    }

    @Test
    void thePartsOfATimeAddUpToTheWhole() throws IOException {
        for (int i = 0; i < 10; i++) {
            var cuts = new ArrayList<Instant>();
            for (int cut = 0; cut < 8; cut++) {
                cuts.add(randomMinute());
            }
            cuts.add(Instant.parse("2025-01-01T00:00:00Z"));
            cuts.add(Instant.parse("2026-01-31T00:00:00Z"));
            var sorted = cuts.stream().distinct().sorted().toList();
            long parts = 0;
            for (int cut = 1; cut < sorted.size(); cut++) {
                var question =
                        "/tokens?from=%s&to=%s".formatted(sorted.get(cut - 1), sorted.get(cut));
                parts += tokens(json(question).get("totals"));
            }

            assertEquals(sum(_ -> true), parts, sorted + " questions.seed=" + seed);
        }
    }

    /** Against days of the calendar, not against steps. */
    @Test
    void stepsAreDaysWeeksAndMonthsOfTheZone() throws IOException {
        for (int i = 0; i < QUESTIONS; i++) {
            var zone = ZONES.get(random.nextInt(ZONES.size()));
            var step = List.of("1d", "1w", "1mo").get(random.nextInt(3));
            var from = randomMinute();
            var to = from.plusSeconds(60L * (1 + random.nextInt(9 * 24 * 60)));
            var question =
                    "/tokens?from=%s&to=%s&step=%s&tz=%s"
                            .formatted(text(from), text(to), step, encoded(zone));

            var answer = json(question);

            var expected = new TreeMap<String, Long>();
            usages.stream()
                    .filter(within(from, to))
                    .forEach(
                            usage ->
                                    expected.merge(
                                            label(usage.ts, step, ZoneId.of(zone)),
                                            usage.tokens,
                                            Long::sum));
            var found = new TreeMap<String, Long>();
            answer.get("rows").forEach(row -> found.put(row.get("ts").asText(), tokens(row)));
            var what = question + " questions.seed=" + seed;
            assertEquals(expected, found, what);
            assertEquals(sum(within(from, to)), tokens(answer.get("totals")), what);
        }
    }

    /** The start of a step, by the local date, with the offset of that moment. */
    private static String label(Instant ts, String step, ZoneId zone) {
        LocalDate date = ts.atZone(zone).toLocalDate();
        var first =
                switch (step) {
                    case "1d" -> date;
                    case "1w" -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case "1mo" -> date.withDayOfMonth(1);
                    default -> throw new AssertionError(step);
                };
        var start = first.atStartOfDay(zone);
        return zone.getId().equals("UTC")
                ? start.toInstant().toString()
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(start);
    }

    @Test
    void fixedStepsAreCutToTheRangeAndAddUp() throws IOException {
        for (int i = 0; i < 40; i++) {
            var minutes = List.of(1, 7, 60, 120, 24 * 60, 7 * 24 * 60).get(random.nextInt(6));
            var from = randomMinute();
            var to = from.plusSeconds(60L * minutes * (1 + random.nextInt(5)) + 60);
            var question =
                    "/tokens?from=%s&to=%s&step=%dm".formatted(text(from), text(to), minutes);

            var answer = json(question);

            long rows = 0;
            for (var row : answer.get("rows")) {
                rows += tokens(row);
                var start = Instant.parse(row.get("ts").asText());
                assertEquals(0, start.getEpochSecond() % (minutes * 60L), question);
            }
            assertEquals(sum(within(from, to)), rows, question + " questions.seed=" + seed);
        }
    }

    @Test
    void pagesShowEachRowOnceInEveryOrder() throws IOException {
        for (var order :
                List.of(
                        "",
                        "ts",
                        "ts:desc",
                        "user",
                        "user:desc",
                        "tokens",
                        "requests:asc",
                        "prompt_tokens:desc",
                        "latency_ms.p95",
                        "ttft_ms_mean:asc")) {
            var step = random.nextBoolean() ? "total" : "7d";
            var question =
                    "/tokens?from=2025-01-01&to=2026-01-01T00:01:00Z&group_by=user,model&step="
                            + step
                            + (order.isEmpty() ? "" : "&order=" + order);
            var expected = new HashSet<String>();
            for (var usage : usages) {
                var start =
                        step.equals("total")
                                ? Instant.parse("2025-01-01T00:00:00Z")
                                : Instant.ofEpochSecond(
                                        usage.ts.getEpochSecond() / 604_800 * 604_800);
                if (usage.ts.isBefore(Instant.parse("2026-01-01T00:01:00Z"))) {
                    expected.add(start + " " + usage.user + " " + usage.model);
                }
            }
            // up to twenty pages: each is a question to the store
            var pages = pages(question, 1 + expected.size() / (4 + random.nextInt(16)));
            var found = pages.stream().map(QuestionsIT::place).toList();
            var what = "%s questions.seed=%d".formatted(question, seed);
            assertEquals(expected.size(), found.size(), what);
            assertEquals(expected, new HashSet<>(found), what);
            assertOrdered(order, pages, what);
        }
    }

    private static String place(JsonNode row) {
        var user = row.get("user").isNull() ? null : row.get("user").asText();
        return row.get("ts").asText() + " " + user + " " + row.get("model").asText();
    }

    /** All rows, page by page; every page and its rest are the totals. */
    private List<JsonNode> pages(String question, int limit) throws IOException {
        var rows = new ArrayList<JsonNode>();
        var next = "";
        do {
            var answer = json(question + "&limit=" + limit + next);
            long shown = 0;
            for (var row : answer.get("rows")) {
                rows.add(row);
                shown += tokens(row);
            }
            assertTrue(answer.get("rows").size() <= limit, question);
            var rest = answer.get("rest");
            long others = rest.isNull() ? 0 : tokens(rest);
            assertEquals(tokens(answer.get("totals")), shown + others, question);
            next = answer.get("next").isNull() ? "" : "&cursor=" + answer.get("next").asText();
        } while (!next.isEmpty());
        return rows;
    }

    private static void assertOrdered(String order, List<JsonNode> rows, String what) {
        var name = order.replaceFirst(":.*", "");
        if (!Set.of("tokens", "requests", "prompt_tokens").contains(name)) {
            if (name.startsWith("ts") || name.isEmpty()) {
                var starts = rows.stream().map(row -> row.get("ts").asText()).toList();
                var expected = new ArrayList<>(starts);
                expected.sort(
                        order.endsWith("desc")
                                ? Comparator.reverseOrder()
                                : Comparator.naturalOrder());
                assertEquals(expected, starts, what);
            }
            return;
        }
        var member = name.equals("tokens") ? "prompt_tokens" : name;
        var numbers = rows.stream().map(row -> row.get(member).asLong()).toList();
        var expected = new ArrayList<>(numbers);
        expected.sort(
                order.endsWith("asc") ? Comparator.naturalOrder() : Comparator.reverseOrder());
        assertEquals(expected, numbers, what);
    }

    @Test
    void theRestOfATopListIsAllOthersTogether() throws IOException {
        var sums = new HashMap<@Nullable String, Long>();
        for (var usage : usages) {
            sums.merge(String.valueOf(usage.user), usage.tokens, Long::sum);
        }
        var largest = sums.values().stream().sorted(Comparator.reverseOrder()).limit(10).toList();

        var answer =
                json("/tokens?from=2025-01-01&to=now&group_by=user&order=tokens:desc&limit=10");

        var shown = new ArrayList<Long>();
        answer.get("rows").forEach(row -> shown.add(tokens(row)));
        assertEquals(largest, shown);
        assertEquals(sums.size() - 10, answer.at("/rest/rows").asLong());
        assertEquals(
                sum(_ -> true) - shown.stream().mapToLong(Long::longValue).sum(),
                tokens(answer.get("rest")));
    }

    /** The rest is no group: a user may be called so. */
    @Test
    void csvSaysWhichLineIsTheRest() throws IOException {
        var answer =
                api.get(
                        "/tokens?from=2025-01-01&to=now&group_by=user&order=requests&limit=2&format=csv");

        try (var csv = CSVParser.parse(answer.body(), CSVFormat.RFC4180)) {
            var records = csv.getRecords();
            var columns = records.getFirst().toList();
            assertEquals(4, records.size(), answer.body());
            assertEquals("rest_rows", columns.getLast());
            assertEquals("", records.get(1).get(columns.size() - 1));
            assertEquals("", records.get(3).get(0));
            assertEquals("", records.get(3).get(1));
            assertTrue(Long.parseLong(records.get(3).get(columns.size() - 1)) > 1);
            assertTrue(answer.headers().firstValue("Next-Cursor").isPresent());
        }
    }

    @Test
    void aCursorHoldsForItsQuestionAlone() throws IOException {
        var question = "/tokens?from=2025-01-01&to=now&group_by=user&order=tokens";
        var next = json(question + "&limit=3").get("next").asText();

        assertEquals(200, api.get(question + "&limit=50&cursor=" + next).statusCode());
        var changed = next.substring(0, 20) + (next.charAt(20) == 'A' ? 'B' : 'A');
        for (var bad :
                List.of(
                        question + "&limit=3&cursor=" + next + "AA",
                        question + "&limit=3&cursor=" + next.substring(4),
                        question + "&limit=3&cursor=" + changed + next.substring(21),
                        question + "&limit=3&cursor=",
                        question + "&limit=3&cursor=%21%22",
                        question + ":asc&limit=3&cursor=" + next,
                        question + "&limit=3&model=llama&cursor=" + next,
                        question + "&limit=3&tz=Asia/Kolkata&cursor=" + next)) {
            var answer = api.get(bad);

            assertEquals(400, answer.statusCode(), bad);
            assertEquals("cursor", JSON.readTree(answer.body()).get("parameter").asText(), bad);
        }
        var alone = api.get(question + "&cursor=" + next);
        assertEquals("limit", JSON.readTree(alone.body()).get("parameter").asText());
    }

    @Test
    void aFilterTakesValuesWithCommasBetweenOrOnceForEach() throws IOException {
        var whole = "/tokens?from=2025-01-01&to=now&";

        assertModels(Set.of("llama", "other"), whole + "model=llama,other");
        assertModels(Set.of("llama", "other"), whole + "model=llama%2Cother");
        assertModels(Set.of("llama", "other"), whole + "model=llama&model=other");
        assertModels(Set.of("a,b"), whole + "model=%22a%2Cb%22");
        assertModels(Set.of("a,b", "llama"), whole + "model=llama,%22a,b%22");
        assertModels(Set.of("a,b", "llama"), whole + "model=a,b&model=llama");
        assertModels(Set.of("say \"hi\""), whole + "model=" + encoded("say \"hi\""));
        assertModels(
                Set.of("say \"hi\"", "=1+1"),
                whole + "model=" + encoded("\"say \"\"hi\"\"\",=1+1"));
        assertModels(Set.of(), whole + "model=a,b");
        var open = api.get(whole + "model=%22a,b");
        assertEquals(400, open.statusCode());
        assertEquals("model", JSON.readTree(open.body()).get("parameter").asText());
    }

    private void assertModels(Set<String> models, String question) throws IOException {
        var answer = json(question);
        assertEquals(
                sum(usage -> models.contains(usage.model)), tokens(answer.get("totals")), question);
    }

    @Test
    void groupsByWhatWasAddedAndFiltersByIt() throws IOException {
        var answer =
                json("/tokens?from=2025-01-01&to=now&group_by=provider,pod&pod=pod-1,&order=pod");

        var expected = new HashMap<String, Long>();
        for (var usage : usages) {
            if (usage.pod == null || usage.pod.equals("pod-1")) {
                expected.merge(
                        "provider of " + usage.model + " " + usage.pod, usage.tokens, Long::sum);
            }
        }
        var found = new HashMap<String, Long>();
        for (var row : answer.get("rows")) {
            var pod = row.get("pod").isNull() ? null : row.get("pod").asText();
            found.put(row.get("provider").asText() + " " + pod, tokens(row));
        }
        assertEquals(expected, found);
        assertFalse(answer.get("rows").get(0).get("pod").isNull());
    }

    @Test
    void timesAreUnderstoodAsTheyAreWrittenElsewhere() throws IOException {
        // the clock stands at 2026-01-31T12:00:30Z
        var expected =
                Map.of(
                        "from=now-1h&to=now", "2026-01-31T11:00:00Z 2026-01-31T12:01:00Z",
                        "from=now-90m&to=now-30s", "2026-01-31T10:30:00Z 2026-01-31T12:00:00Z",
                        "from=now-1w", "2026-01-24T12:00:00Z 2026-01-31T12:01:00Z",
                        "from=1769800000&to=1769853600",
                                "2026-01-30T19:06:00Z 2026-01-31T10:00:00Z",
                        "from=1769800020000&to=1769853600000",
                                "2026-01-30T19:07:00Z 2026-01-31T10:00:00Z",
                        "from=1769800020.75&to=now%2B1m",
                                "2026-01-30T19:07:00Z 2026-01-31T12:02:00Z",
                        "from=2026-01-30t19:07:00.5z&to=2026-01-31t10:00z",
                                "2026-01-30T19:07:00Z 2026-01-31T10:00:00Z",
                        "from=2026-01-30&to=2026-01-31&tz=Asia/Kolkata",
                                "2026-01-29T18:30:00Z 2026-01-30T18:30:00Z");
        for (var question : expected.entrySet()) {
            var answer = json("/tokens?" + question.getKey());

            assertEquals(
                    question.getValue(),
                    answer.get("from").asText() + " " + answer.get("to").asText(),
                    question.getKey());
        }
    }

    private Instant randomMinute() {
        var around = AROUND.get(random.nextInt(AROUND.size()));
        return around.plusSeconds(60L * (random.nextInt(4 * 24 * 60) - 2 * 24 * 60))
                .truncatedTo(ChronoUnit.MINUTES);
    }

    /** The same moment as one would write it. */
    private String text(Instant time) {
        return switch (random.nextInt(3)) {
            case 0 -> time.toString();
            case 1 -> Long.toString(time.getEpochSecond());
            default -> Long.toString(time.toEpochMilli());
        };
    }

    private static Predicate<Usage> within(Instant from, Instant to) {
        return usage -> !usage.ts.isBefore(from) && usage.ts.isBefore(to);
    }

    private long sum(Predicate<Usage> which) {
        return usages.stream().filter(which).mapToLong(Usage::tokens).sum();
    }

    private static long tokens(@Nullable JsonNode counts) {
        return Objects.requireNonNull(counts).get("prompt_tokens").asLong();
    }

    private JsonNode json(String question) throws IOException {
        var answer = api.get(question);
        assertEquals(200, answer.statusCode(), () -> question + " " + answer.body());
        return JSON.readTree(answer.body());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
