package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.eq;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.embedded.testing.TestStores;
import gpuanalytics.embedded.testing.TestStores.TestStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.day.TokenDayConfig;
import gpuanalytics.processor.day.TokenDayKeeper;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.query.Step.Calendar;
import gpuanalytics.processor.query.Step.Fixed;
import gpuanalytics.processor.query.Step.Total;
import gpuanalytics.processor.query.Step.Unit;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.TestRollups;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Days that are added up say what their hours say, whatever comes in before, while and after that
 * is done: on every store.
 */
abstract class TokenDaysContract {

    private static final Instant FIRST = Instant.parse("2026-01-29T00:00:00Z");
    private static final Duration DAY = QueryWindow.DAY;
    private static final int DAYS = 6;
    private static final Duration KEPT = Duration.ofDays(400);
    private static final int ROUNDS = 12;
    private static final int QUESTIONS = 25;

    private static final List<Step> STEPS =
            List.of(
                    new Total(),
                    new Fixed(Duration.ofHours(1)),
                    new Fixed(Duration.ofHours(6)),
                    new Fixed(DAY),
                    new Fixed(Duration.ofHours(36)),
                    new Fixed(Duration.ofDays(2)),
                    new Calendar(Unit.DAY, ZoneOffset.UTC),
                    new Calendar(Unit.DAY, ZoneId.of("Asia/Kathmandu")),
                    new Calendar(Unit.MONTH, ZoneOffset.UTC),
                    new Calendar(Unit.MONTH, ZoneId.of("America/New_York")));

    private final long seed = Long.getLong("days.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SettableClock clock = new SettableClock(FIRST.plus(Duration.ofDays(DAYS)));
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final TestRows rows = new TestRows(EventTopic.TOKEN_USAGE, "topic", 0);
    private final List<Event> usages = new ArrayList<>();
    private TestStore opened;
    private MongoStore store;
    private MongoRollups rollups;

    abstract Lane lane();

    @BeforeEach
    void open() {
        System.out.println(getClass().getSimpleName() + " days.seed=" + seed);
        opened = TestStores.open(lane());
        store = new MongoStore(TestStoreConfig.at(opened.url(), opened.database()));
        store.prepare();
        rollups = TestRollups.in(store);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
            opened.close();
        }
    }

    @Test
    void whateverIsAskedInBetweenIsAnsweredAsFromTheEvents() throws InterruptedException {
        var generated = new GeneratedUsage(seed, FIRST, DAYS * (int) DAY.toSeconds());
        var events = generated.usages(3000);
        var keeper = keeper();
        var stored = 0L;
        for (int round = 0; round < ROUNDS; round++) {
            int from = events.size() * round / ROUNDS;
            write(events.subList(from, events.size() * (round + 1) / ROUNDS));
            if (random.nextInt(3) > 0) {
                stored += (random.nextInt(4) == 0 ? keeper() : keeper).keep();
            }
            for (int i = 0; i < QUESTIONS; i++) {
                ask(randomQuery());
            }
        }
        keeper.keep();
        ask(byDay());
        assertTrue(stored > 0, () -> "seed " + seed);
    }

    /** Without its hours a day still answers, so it was the day that did. */
    @Test
    void aWholeDayIsReadFromWhatWasAddedUp() throws InterruptedException {
        write(new GeneratedUsage(seed, FIRST, 2 * (int) DAY.toSeconds()).usages(400));
        assertEquals(2, keeper().keep());
        assertEquals(0, keeper().keep());

        store.database().getCollection(StoreLayout.TOKEN_HOUR).deleteMany(new Document());

        ask(byDay());
        var byGpu = List.of(TokenDimension.GPU);
        var window = byDay().window();
        var hours = queries().tokens(new TokenQuery(window, byGpu, Map.of()));
        assertEquals(List.of(), hours.rows());
    }

    @Test
    void aDayThatChangesIsReadFromItsHoursUntilItIsAddedUpAgain() throws InterruptedException {
        write(usages(FIRST.plusSeconds(5), 3));
        assertEquals(1, keeper().keep());
        var keeper = keeper();
        keeper.keep();

        write(usages(FIRST.plusSeconds(7200), 2));

        ask(byDay());
        assertEquals(1, keeper.keep());
        ask(byDay());
        assertEquals(List.of(2L), List.of(headVersion()));
    }

    @Test
    void aDayThatIsNotOverWaits() throws InterruptedException {
        clock.set(FIRST.plus(DAY).plus(Duration.ofMinutes(4)));
        write(usages(FIRST.plusSeconds(5), 3));
        write(usages(FIRST.plus(DAY).plusSeconds(5), 3));
        assertEquals(0, keeper().keep());

        clock.set(FIRST.plus(DAY).plus(Duration.ofMinutes(6)));

        assertEquals(1, keeper().keep());
        ask(byDay());
    }

    /** As it looks to a question when a day is replaced between its head and its parts. */
    @Test
    void aDayWithoutAllOfItsPartsIsReadFromItsHours() throws InterruptedException {
        write(new GeneratedUsage(seed, FIRST, (int) DAY.toSeconds()).usages(700));
        keeper().keep();
        var days = store.database().getCollection(StoreLayout.TOKEN_DAYS);
        assertTrue(days.countDocuments(eq(StoreLayout.SCOPE, TokenDays.PART)) > 1);

        days.deleteOne(eq(StoreLayout.SCOPE, TokenDays.PART));

        ask(byDay());
    }

    /** A processor that was killed has left parts that no head names. */
    @Test
    void partsOfAnotherRunAreNotRead() throws InterruptedException {
        write(usages(FIRST.plusSeconds(5), 3));
        keeper().keep();
        var days = store.database().getCollection(StoreLayout.TOKEN_DAYS);
        var part = days.find(eq(StoreLayout.SCOPE, TokenDays.PART)).first();
        assertTrue(part != null);

        days.insertOne(part.append(StoreLayout.ID, "left").append(Runs.RUN, "left"));

        ask(byDay());
    }

    @Test
    void ofProcessorsThatAddUpTheSameDayOneIsRead() throws Exception {
        write(new GeneratedUsage(seed, FIRST, 3 * (int) DAY.toSeconds()).usages(600));
        try (var threads = Executors.newFixedThreadPool(4)) {
            var keepers = Stream.generate(() -> (Callable<Long>) () -> keeper().keep()).limit(4);
            for (var kept : threads.invokeAll(keepers.toList())) {
                kept.get();
            }
        }

        store.database().getCollection(StoreLayout.TOKEN_HOUR).deleteMany(new Document());

        ask(byDay());
    }

    private long headVersion() {
        var head =
                store.database()
                        .getCollection(StoreLayout.TOKEN_DAYS)
                        .find(eq(StoreLayout.SCOPE, Runs.HEAD))
                        .first();
        return head == null ? 0 : head.getLong(Runs.VERSION);
    }

    private void ask(TokenQuery query) {
        ReportCheck.check(
                query, queries().tokens(query), usages, clock.instant(), "days.seed " + seed);
    }

    private MongoUsageQueries queries() {
        var retention = new RollupRetention(KEPT, Duration.ofDays(3650), Duration.ofMinutes(5));
        var limits = new QueryLimits(KEPT, 100_000, 100_000, 1, Duration.ofSeconds(30));
        return new MongoUsageQueries(store.database(), retention, limits, clock);
    }

    /** Another processor's. */
    private TokenDayKeeper keeper() {
        return new TokenDayKeeper(
                store,
                hours(),
                metrics,
                clock,
                Duration.ofSeconds(30),
                new TokenDayConfig(Duration.ofMinutes(1), Duration.ZERO));
    }

    private ChangedHours hours() {
        var health = new PartHealth("store", "starting", clock);
        var retry = new StoreRetry(health, metrics);
        return new ChangedHours(store, retry, metrics, clock, Duration.ofMinutes(1));
    }

    private void write(List<Event> events) throws InterruptedException {
        var counted = events.stream().map(rows::next).map(CountedRow::of).toList();
        hours().mark(rollups.apply(counted));
        usages.addAll(events);
    }

    private static List<Event> usages(Instant from, int count) {
        var events = new ArrayList<Event>();
        for (int i = 0; i < count; i++) {
            events.add(
                    TokenUsage.builder()
                            .set(TokenUsage.TS, from.plusSeconds(i))
                            .set(TokenUsage.REQUEST_ID, "r-" + from + i)
                            .set(TokenUsage.MODEL, "llama")
                            .set(TokenUsage.PROMPT_TOKENS, 100L + i)
                            .build());
        }
        return events;
    }

    private TokenQuery byDay() {
        var window = QueryWindow.of(FIRST, clock.instant(), new Fixed(DAY));
        return new TokenQuery(window, List.of(TokenDimension.TEAM), Map.of());
    }

    private TokenQuery randomQuery() {
        var groupBy =
                Stream.of(TokenDimension.values()).filter(_ -> random.nextInt(4) == 0).toList();
        var filters = new EnumMap<TokenDimension, List<String>>(TokenDimension.class);
        if (random.nextInt(3) == 0) {
            filters.put(TokenDimension.TEAM, List.of("", "search"));
        }
        if (random.nextInt(5) == 0) {
            filters.put(TokenDimension.GPU, List.of("node-1/0"));
        }
        var from = FIRST.plus(Duration.ofDays(random.nextInt(DAYS)));
        if (random.nextBoolean()) {
            from = from.plus(Duration.ofMinutes(random.nextInt(24 * 60)));
        }
        var to = FIRST.plus(Duration.ofDays(DAYS)).minus(Duration.ofHours(random.nextInt(30)));
        if (!from.isBefore(to)) {
            to = from.plus(DAY);
        }
        var step = STEPS.get(random.nextInt(STEPS.size()));
        return new TokenQuery(QueryWindow.of(from, to, step), groupBy, filters);
    }
}
