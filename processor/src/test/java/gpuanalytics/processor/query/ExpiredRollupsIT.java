package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.lt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.config.Secret;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever has expired, an answer is exact or says that it may not be: random events, stored at
 * random ages, in a store that has dropped what its retention says, against a plain list of them.
 */
class ExpiredRollupsIT {

    private static final Instant NOW = Instant.parse("2026-11-20T09:37:12Z");
    private static final Duration MAX_LEAD = Duration.ofMinutes(5);
    private static final Duration STORED_WITHIN = Duration.ofDays(60);
    private static final int ROUNDS = 6;
    private static final int QUESTIONS = 120;
    private static final int BATCHES = 60;
    private static final List<String> MODELS = List.of("llama", "qwen");

    /** An event and when it was stored. */
    private record Stored(Event event, Instant at) {}

    private final long seed = Long.getLong("expired.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final MongoStore store =
            new MongoStore(
                    new StoreConfig(
                            new Secret(embedded.url()),
                            "test",
                            Duration.ofDays(3650),
                            Duration.ofDays(3650),
                            Duration.ofDays(3650),
                            Duration.ofSeconds(20)));
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", Clock.systemUTC()), metrics);
    private final Map<EventTopic, TestRows> partitions = new HashMap<>();

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void anAnswerIsExactOrSaysWhatItIs(EventTopic topic) throws InterruptedException {
        System.out.println(getClass().getSimpleName() + " expired.seed=" + seed);
        var seen = new HashMap<String, Integer>();
        for (int round = 0; round < ROUNDS; round++) {
            empty();
            var retention =
                    new RollupRetention(
                            Duration.ofHours(random.nextInt(2, 1000)),
                            Duration.ofHours(random.nextInt(1000, 1500)),
                            MAX_LEAD);
            var events = store(topic);
            expire(retention);
            for (int i = 0; i < QUESTIONS; i++) {
                seen.merge(ask(topic, retention, events), 1, Integer::sum);
            }
        }
        // each way of answering was met, or the test would prove less than it says
        for (var way : List.of("as asked", "from hours", "may lack", "refused step")) {
            assertTrue(seen.containsKey(way), () -> way + " in " + seen + ", seed " + seed);
        }
    }

    /** The case that was answered with 0 requests, and the same for what is shown of a GPU. */
    @Test
    void aTotalOverHoursWhoseMinutesHaveExpiredIsThatOfTheHours() throws InterruptedException {
        var retention = new RollupRetention(Duration.ofDays(30), Duration.ofDays(400), MAX_LEAD);
        var at = NOW.minus(Duration.ofDays(50)).truncatedTo(ChronoUnit.DAYS);
        store.prepare();
        for (var topic : EventTopic.values()) {
            for (int i = 0; i < 12; i++) {
                var time = at.plus(Duration.ofHours(i));
                write(topic, List.of(event(topic, time, "llama")), time);
            }
        }
        expire(retention);
        var window =
                Windows.covering(
                        at.plus(Duration.ofMinutes(30)), at.plus(Duration.ofHours(12)), null);

        var tokens = queries(retention).tokens(new TokenQuery(window, List.of(), Map.of()));
        var series = queries(retention).gpuSeries(new GpuSeriesQuery("h/0", null, window));

        assertEquals(12, tokens.totals().requests());
        assertEquals(
                new QueryWindow(at, at.plus(Duration.ofHours(12)), new Step.Total()),
                tokens.window());
        assertTrue(tokens.coverage().complete());
        assertFalse(tokens.coverage().exact());
        assertEquals(12, series.orElseThrow().points().getFirst().samples());
    }

    /** In a zone whose midnight is not a full hour of UTC a day begins with the hour then. */
    @Test
    void daysWhoseMinutesHaveExpiredBeginWithTheHourAndTheAnswerSaysSo()
            throws InterruptedException {
        var retention = new RollupRetention(Duration.ofDays(30), Duration.ofDays(400), MAX_LEAD);
        store.prepare();
        var midnight = Instant.parse("2026-09-10T18:15:00Z"); // in Kathmandu
        for (var minutes : List.of(-16, -14, 0, 20, 45, 24 * 60 - 20, 24 * 60 - 10)) {
            var time = midnight.plus(Duration.ofMinutes(minutes));
            write(
                    EventTopic.TOKEN_USAGE,
                    List.of(event(EventTopic.TOKEN_USAGE, time, "llama")),
                    time);
        }
        expire(retention);
        var step = new Step.Calendar(Step.Unit.DAY, ZoneId.of("Asia/Kathmandu"));
        var window =
                QueryWindow.of(
                        midnight.minus(Duration.ofDays(1)),
                        midnight.plus(Duration.ofDays(2)),
                        step);

        var report = queries(retention).tokens(new TokenQuery(window, List.of(), Map.of()));

        var days = new HashMap<Instant, Long>();
        report.rows().forEach(row -> days.put(row.start(), row.counts().requests()));
        assertEquals(
                Map.of(
                        Instant.parse("2026-09-09T18:00:00Z"), 1L,
                        Instant.parse("2026-09-10T18:00:00Z"), 5L,
                        Instant.parse("2026-09-11T18:00:00Z"), 1L),
                days);
        assertFalse(report.coverage().exact());
        assertEquals(7, report.totals().requests());
    }

    @Test
    void stepsOfMinutesThatHaveExpiredAreRefusedByTheFirstTimeThatHasThem()
            throws InterruptedException {
        var retention = new RollupRetention(Duration.ofHours(3), Duration.ofDays(7), MAX_LEAD);
        store.prepare();
        for (int i = 0; i < 300; i++) {
            var time = NOW.minus(Duration.ofMinutes(i));
            write(
                    EventTopic.TOKEN_USAGE,
                    List.of(event(EventTopic.TOKEN_USAGE, time, "llama")),
                    time);
        }
        expire(retention);

        var refusal = refusal(retention, NOW.minus(Duration.ofHours(5)), QueryWindow.MINUTE);

        assertEquals(
                "step is 1m, expected a multiple of 1h for times before 2026-11-20T07:00:00Z, whose"
                        + " minutes have expired (kept for 3h)",
                refusal);
        assertEquals(
                "", refusal(retention, Instant.parse("2026-11-20T07:00:00Z"), QueryWindow.MINUTE));
    }

    @Test
    void aTimeOfWhichNothingIsLeftIsRefused() {
        var retention = new RollupRetention(Duration.ofHours(3), Duration.ofDays(7), MAX_LEAD);
        store.prepare();
        var end = NOW.minus(Duration.ofDays(8));
        var window = Windows.covering(end.minus(Duration.ofDays(3)), end, null);

        assertEquals(
                "to is 2026-11-12T09:38:00Z, expected a time after 2026-11-13T10:42:12Z: of this"
                        + " one nothing is left (rollups are kept for 7d)",
                message(retention, window));
    }

    private String refusal(RollupRetention retention, Instant from, Duration step) {
        return message(retention, Windows.covering(from, NOW, step));
    }

    private String message(RollupRetention retention, QueryWindow window) {
        try {
            queries(retention).tokens(new TokenQuery(window, List.of(), Map.of()));
            return "";
        } catch (InvalidQueryException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Asks a random question and checks what comes back; returns what kind of answer it was. */
    private String ask(EventTopic topic, RollupRetention retention, List<Stored> events) {
        var window = randomWindow(retention);
        var model = random.nextInt(3) == 0 ? null : MODELS.get(random.nextInt(MODELS.size()));
        var about = events.stream().filter(e -> concerns(e.event(), model)).toList();
        var what = "%s %s %s seed %d".formatted(window, model, retention, seed);
        Answer answer;
        try {
            answer = answer(topic, retention, window, model);
        } catch (InvalidQueryException e) {
            return checkRefusal(e, window, retention, about, what);
        }
        var covered = answer.coverage.window();
        assertFalse(covered.from().isAfter(window.from()), what);
        assertFalse(covered.to().isBefore(window.to()), what);
        var expected = new HashMap<Instant, Long>();
        for (var stored : about) {
            var ts = stored.event().ts();
            if (!ts.isBefore(covered.from()) && ts.isBefore(covered.to())) {
                expected.merge(covered.pointOf(ts), 1L, Long::sum);
            }
        }
        assertEquals(covered.equals(window), answer.coverage.exact(), what);
        if (answer.coverage.complete()) {
            assertEquals(expected, answer.events, what);
            // nothing coarser than needed
            assertEquals(widened(window, lostMinutes(window, retention, about)), covered, what);
            return covered.equals(window) ? "as asked" : "from hours";
        }
        answer.events.forEach(
                (point, count) -> assertTrue(count <= expected.getOrDefault(point, 0L), what));
        // only a time that hours may have expired of is not sure
        assertTrue(covered.from().isBefore(surelyKept(retention)), what);
        return "may lack";
    }

    /** Each end that lies within an hour whose minutes have expired is moved to that hour. */
    private static QueryWindow widened(QueryWindow window, List<Instant> lost) {
        var first = QueryWindow.hourOf(window.from());
        var last = QueryWindow.hourOf(window.to());
        return new QueryWindow(
                lost.contains(first) ? first : window.from(),
                lost.contains(last) && last.isBefore(window.to())
                        ? last.plus(QueryWindow.HOUR)
                        : window.to(),
                window.step());
    }

    private static Instant surelyKept(RollupRetention retention) {
        return NOW.minus(retention.hours()).plus(retention.margin());
    }

    private String checkRefusal(
            InvalidQueryException refusal,
            QueryWindow window,
            RollupRetention retention,
            List<Stored> about,
            String what) {
        if (refusal.parameter().equals("step")) {
            assertEquals(QueryWindow.MINUTE, window.bucket(), what);
            var lost = lostMinutes(window, retention, about);
            var last = lost.stream().max(Comparator.naturalOrder()).orElseThrow();
            assertTrue(
                    refusal.expected().contains(last.plus(QueryWindow.HOUR).toString()),
                    () -> what + " " + refusal.expected());
            return "refused step";
        }
        assertEquals("to", refusal.parameter(), what);
        assertFalse(window.to().isAfter(surelyKept(retention)), what);
        return "refused time";
    }

    /** The hours that need their minutes, which have expired, but not the hour itself. */
    private static List<Instant> lostMinutes(
            QueryWindow window, RollupRetention retention, List<Stored> about) {
        var first = QueryWindow.hourOf(window.from());
        var last = QueryWindow.hourOf(window.to());
        var byMinutes =
                window.step() instanceof Step.Fixed(Duration length)
                        && length.toMinutes() % 60 != 0;
        var minuteChanged = new HashMap<List<Object>, Instant>();
        var hourChanged = new HashMap<List<Object>, Instant>();
        for (var stored : about) {
            var hour = QueryWindow.hourOf(stored.event().ts());
            var minute = stored.event().ts().truncatedTo(ChronoUnit.MINUTES);
            var series = series(stored.event());
            minuteChanged.merge(
                    List.of(hour, minute, series), stored.at(), ExpiredRollupsIT::later);
            hourChanged.merge(List.of(hour, series), stored.at(), ExpiredRollupsIT::later);
        }
        var lost = new ArrayList<Instant>();
        minuteChanged.forEach(
                (minute, at) -> {
                    var hour = (Instant) minute.getFirst();
                    var hourAt = hourChanged.getOrDefault(List.of(hour, minute.getLast()), at);
                    var isEdge =
                            (hour.equals(first) && first.isBefore(window.from()))
                                    || (hour.equals(last) && last.isBefore(window.to()));
                    var isWithin = byMinutes && !hour.isBefore(first) && hour.isBefore(window.to());
                    if ((isEdge || isWithin)
                            && at.isBefore(NOW.minus(retention.minutes()))
                            && !hourAt.isBefore(NOW.minus(retention.hours()))) {
                        lost.add(hour);
                    }
                });
        return lost;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private record Answer(Coverage coverage, Map<Instant, Long> events) {}

    private Answer answer(
            EventTopic topic,
            RollupRetention retention,
            QueryWindow window,
            @Nullable String model) {
        var events = new HashMap<Instant, Long>();
        return switch (topic) {
            case TOKEN_USAGE -> {
                Map<TokenDimension, List<String>> filters =
                        model == null ? Map.of() : Map.of(TokenDimension.MODEL, List.of(model));
                var report = queries(retention).tokens(new TokenQuery(window, List.of(), filters));
                for (var row : report.rows()) {
                    if (row.counts().requests() > 0) {
                        events.put(row.start(), row.counts().requests());
                    }
                }
                yield new Answer(report.coverage(), events);
            }
            case GPU_METRICS -> {
                var gpu = MODELS.indexOf(model == null ? MODELS.getFirst() : model);
                var series =
                        queries(retention)
                                .gpuSeries(new GpuSeriesQuery("h/" + gpu, null, window))
                                .orElseThrow();
                for (var point : series.points()) {
                    events.put(point.start(), point.samples());
                }
                yield new Answer(series.coverage(), events);
            }
        };
    }

    /** A GPU stands for each model; a question about samples is about one. */
    private static boolean concerns(Event event, @Nullable String model) {
        return switch (event.topic()) {
            case TOKEN_USAGE -> model == null || series(event).equals(model);
            case GPU_METRICS -> series(event).equals(model == null ? MODELS.getFirst() : model);
        };
    }

    private static String series(Event event) {
        return switch (event.topic()) {
            case TOKEN_USAGE -> event.require(TokenUsage.MODEL);
            case GPU_METRICS -> MODELS.get(Math.toIntExact(event.require(GpuMetric.GPU_INDEX)));
        };
    }

    private QueryWindow randomWindow(RollupRetention retention) {
        var edge =
                switch (random.nextInt(4)) {
                    case 0 -> NOW.minus(retention.minutes());
                    case 1 -> NOW.minus(retention.hours());
                    case 2 -> NOW;
                    default -> NOW.minusSeconds(random.nextLong(STORED_WITHIN.toSeconds()));
                };
        var from = edge.minusSeconds(random.nextLong(36 * 3600) - 3600);
        var to = from.plusSeconds(1 + random.nextLong(30 * 3600));
        var step =
                switch (random.nextInt(4)) {
                    case 0 -> Duration.ofMinutes(random.nextInt(1, 120));
                    case 1 -> Duration.ofHours(random.nextInt(1, 5));
                    default -> null;
                };
        return Windows.covering(from, to, step);
    }

    /** Most events come in at once, some days late, some from a clock that is ahead. */
    private List<Stored> store(EventTopic topic) throws InterruptedException {
        store.prepare();
        var times = new ArrayList<Instant>();
        for (int i = 0; i < BATCHES; i++) {
            times.add(NOW.minusSeconds(random.nextLong(STORED_WITHIN.toSeconds())));
        }
        times.sort(Comparator.naturalOrder());
        var all = new ArrayList<Stored>();
        for (var at : times) {
            var batch = new ArrayList<Event>();
            for (int i = 0; i < random.nextInt(1, 20); i++) {
                var late =
                        random.nextInt(4) == 0
                                ? random.nextLong(40 * 86_400)
                                : random.nextLong(4 * 3600) - MAX_LEAD.toSeconds();
                var model = MODELS.get(random.nextInt(MODELS.size()));
                batch.add(event(topic, at.minusSeconds(late), model));
            }
            write(topic, batch, at);
            batch.forEach(event -> all.add(new Stored(event, at)));
        }
        // a GPU that reports now, so that it is known
        for (var model : MODELS) {
            var event = event(topic, NOW, model);
            write(topic, List.of(event), NOW);
            all.add(new Stored(event, NOW));
        }
        return all;
    }

    private static Event event(EventTopic topic, Instant ts, String model) {
        return switch (topic) {
            case TOKEN_USAGE ->
                    TokenUsage.builder()
                            .set(TokenUsage.TS, ts)
                            .set(TokenUsage.MODEL, model)
                            .set(TokenUsage.PROMPT_TOKENS, 7L)
                            .build();
            case GPU_METRICS ->
                    GpuMetric.builder()
                            .set(GpuMetric.TS, ts)
                            .set(GpuMetric.HOST, "h")
                            .set(GpuMetric.GPU_INDEX, (long) MODELS.indexOf(model))
                            .set(GpuMetric.NAME, "NVIDIA L4")
                            .build();
        };
    }

    private void write(EventTopic topic, List<Event> events, Instant at)
            throws InterruptedException {
        var rollups =
                new MongoRollups(
                        store,
                        new RollupMath(Duration.ofSeconds(15)),
                        1000,
                        retry,
                        metrics,
                        Clock.fixed(at, ZoneOffset.UTC));
        var partition = partitions.computeIfAbsent(topic, t -> new TestRows(t, "topic-a", 0));
        var rows = new ArrayList<CountedRow>();
        for (var event : events) {
            var row = partition.next(event);
            rows.add(CountedRow.of(row));
        }
        rollups.apply(rows);
    }

    /** Drops what a store has dropped by now, by when it last changed. */
    private void expire(RollupRetention retention) {
        for (var minute : List.of(StoreLayout.TOKEN_MINUTE, StoreLayout.GPU_MINUTE)) {
            drop(minute, NOW.minus(retention.minutes()));
        }
        for (var hour : List.of(StoreLayout.TOKEN_HOUR, StoreLayout.GPU_HOUR)) {
            drop(hour, NOW.minus(retention.hours()));
        }
    }

    private void drop(String collection, Instant before) {
        store.collection(collection).deleteMany(lt(StoreLayout.STORED_AT, Date.from(before)));
    }

    private void empty() {
        for (var collection :
                List.of(
                        StoreLayout.TOKEN_MINUTE,
                        StoreLayout.TOKEN_HOUR,
                        StoreLayout.GPU_MINUTE,
                        StoreLayout.GPU_HOUR,
                        StoreLayout.GPU_LATEST)) {
            store.collection(collection).deleteMany(new Document());
        }
    }

    private UsageQueries queries(RollupRetention retention) {
        return new MongoUsageQueries(
                store.database(),
                retention,
                QueryLimits.defaults(),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
