package gpuanalytics.processor.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.processor.write.IdentityRules;
import gpuanalytics.processor.write.MongoEventWriter;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RollupAuditIT {

    /** Documents are stored now, whatever the time of their events. */
    private final Instant start = Instant.now();

    private final Instant hour =
            Instant.ofEpochSecond(start.minus(Duration.ofHours(5)).getEpochSecond() / 3600 * 3600);

    private static final Duration LEASE = Duration.ofMinutes(10);

    private final SettableClock clock = new SettableClock(start);
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final StoreConfig kept = TestStoreConfig.at(embedded.url());
    private final MongoStore store = new MongoStore(kept);
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", clock), metrics);
    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));
    private final MongoEventWriter writer =
            new MongoEventWriter(store, IdentityRules.defaults(), retry, metrics);
    private final MongoRollups rollups = new MongoRollups(store, math, 1000, retry, metrics, clock);
    private final ChangedHours hours = new ChangedHours(store, retry, metrics, clock, LEASE);
    private final TestRows usages = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 0);

    @BeforeEach
    void prepare() {
        store.prepare();
    }

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    @Test
    void findsNoDriftInWhatWasCounted() throws Exception {
        count(rows(200, i -> hour.plusSeconds(i * 30L)));

        assertEquals(0, audit(1_000_000).auditChanged());
        assertTrue(metrics.audited() > 100);
    }

    @Test
    void findsTheRollupThatDiffers() throws Exception {
        count(rows(10, _ -> hour));
        change(StoreLayout.TOKEN_HOUR);

        assertEquals(1, audit(1_000_000).auditChanged());
        assertEquals(1, metrics.drift());
    }

    @Test
    void anHourThatStoppedChangingLongBeforeItsEndIsAuditedOnceItIsOver() throws Exception {
        count(rows(10, _ -> hour.plusSeconds(20 * 60)));
        change(StoreLayout.TOKEN_MINUTE);

        clock.set(hour.plusSeconds(30 * 60));
        assertEquals(0, audit(1_000_000).auditChanged());
        clock.set(hour.plusSeconds(3600 + 301));
        // The minute does not hold what its rows say, nor the hour what the minute says.
        assertEquals(2, audit(1_000_000).auditChanged());
    }

    @Test
    void noHourIsForgottenHoweverManyChanged() throws Exception {
        count(rows(130, i -> hour.minus(Duration.ofHours(i))));
        store.database()
                .getCollection(StoreLayout.TOKEN_HOUR)
                .updateMany(new Document(), Updates.inc("prompt_tokens.sum", 1L));

        assertEquals(130, audit(1_000_000).auditChanged());
    }

    @Test
    void anHourThatAnotherProcessorBeganIsTakenUpWhenThatOneHasEnded() throws Exception {
        count(rows(1, _ -> hour));
        change(StoreLayout.TOKEN_HOUR);
        assertTrue(hours.claim(gpuanalytics.processor.change.Purpose.AUDIT, start).isPresent());

        assertEquals(0, audit(1_000_000).auditChanged());
        clock.advance(LEASE.plusSeconds(1));
        assertEquals(1, audit(1_000_000).auditChanged());
    }

    @Test
    void rowsOnTheirWayToTheRollupsAreNoDrift() throws Exception {
        count(rows(10, _ -> hour));
        var underWay = new ArrayList<Row>();
        for (int i = 10; i < 20; i++) {
            underWay.add(usages.at(i, usage(i, hour.plusSeconds(i))));
        }
        writer.write(underWay);

        assertEquals(0, audit(1_000_000).auditChanged());

        // In the minute already, in the mark not yet.
        var changes = rollups.apply(counted(underWay));
        markAgain();
        assertEquals(0, audit(1_000_000).auditChanged());

        hours.mark(changes);
        var before = metrics.audited();
        assertEquals(0, audit(1_000_000).auditChanged());
        assertEquals(2, metrics.audited() - before);
    }

    @Test
    void aRowThatNeverReachedItsRollupsIsDrift() throws Exception {
        var rows = rows(10, _ -> hour);
        writer.write(rows);
        hours.mark(rollups.apply(counted(rows.subList(5, 10))));

        assertEquals(1, audit(1_000_000).auditChanged());
    }

    @Test
    void aSeriesThatNeverReachedItsRollupsIsDrift() throws Exception {
        var rows = rows(10, i -> hour.plusSeconds(60L * (i % 2)));
        writer.write(rows);
        var odd = rows.stream().filter(row -> row.record().offset() % 2 == 1).toList();
        hours.mark(rollups.apply(counted(odd)));

        // The even minute has no document; the hour holds what its one minute holds.
        assertEquals(1, audit(1_000_000).auditChanged());
    }

    @Test
    void minutesThatHaveExpiredAreNoDrift() throws Exception {
        count(rows(10, _ -> hour));
        store.database().getCollection(StoreLayout.TOKEN_MINUTE).deleteMany(new Document());

        clock.set(start.plus(kept.minuteRetention()));
        assertEquals(0, audit(1_000_000).auditChanged());

        markAgain();
        clock.set(start.plusSeconds(60));
        assertEquals(2, audit(1_000_000).auditChanged());
    }

    @Test
    void readsOfALargeHourAsManyRowsAsTheLimitAllowsAndAllOfIt() throws Exception {
        count(rows(6000, i -> hour.plusMillis(i * 600L)));

        audit(1000).auditChanged();

        // About ten minutes of a hundred rows each, and the hour from its minutes.
        assertEquals(11, metrics.audited());
        change(StoreLayout.TOKEN_HOUR);
        markAgain();
        assertEquals(1, audit(1000).auditChanged());
    }

    @Test
    void anotherIntervalIsAssumedWithoutDrift() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        var random = new Random(1);
        var before = new ArrayList<Row>();
        for (int i = 0; i < 20; i++) {
            before.add(samples.at(i, sample(random, hour.plusSeconds(i))));
        }
        count(before);
        samples.assume(Duration.ofSeconds(60)); // started again with another SAMPLE_INTERVAL_S
        var after = new ArrayList<Row>();
        for (int i = 20; i < 40; i++) {
            after.add(samples.at(i, sample(random, hour.plusSeconds(i))));
        }
        count(after);

        assertEquals(0, audit(1_000_000).auditChanged());
        var hours = store.collection(StoreLayout.GPU_HOUR).find().into(new ArrayList<>());
        var coveredUs = hours.stream().mapToLong(h -> h.getInt64("covered_us").getValue()).sum();
        assertEquals(20 * 15_000_000L + 20 * 60_000_000L, coveredUs);
    }

    /** Whatever has come how far, there is no drift; and what is made wrong is found. */
    @Test
    void neverCriesWolfAndMissesNothing() throws Exception {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var partitions =
                List.of(
                        usages,
                        new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 1),
                        new TestRows(EventTopic.GPU_METRICS, "topic-g", 0));
        for (int round = 0; round < 40; round++) {
            var partition = partitions.get(random.nextInt(3));
            var rows = new ArrayList<Row>();
            for (int i = 0; i < 1 + random.nextInt(30); i++) {
                var time = hour.minusSeconds(random.nextInt(4 * 3600));
                rows.add(
                        partition.next(
                                partition == partitions.get(2)
                                        ? sample(random, time)
                                        : usage(random.nextInt(), time)));
            }
            writer.write(rows);
            auditSometimes(random, seed);
            var changes = rollups.apply(counted(rows));
            auditSometimes(random, seed);
            hours.mark(changes);
            auditSometimes(random, seed);
        }
        clock.advance(LEASE.plusSeconds(1));
        assertEquals(0, audit(1_000_000).auditChanged(), "seed " + seed);

        change(StoreLayout.TOKEN_HOUR);
        markAgain();
        assertEquals(1, audit(1_000_000).auditChanged(), "seed " + seed);
    }

    private void auditSometimes(Random random, long seed) {
        if (random.nextInt(3) == 0) {
            clock.advance(LEASE.plusSeconds(1));
            assertEquals(0, audit(1_000_000).auditChanged(), "seed " + seed);
        }
    }

    private RollupAudit audit(int maxRows) {
        return new RollupAudit(
                store,
                hours,
                math,
                metrics,
                clock,
                new AuditConfig(Duration.ofMinutes(10), LEASE, maxRows),
                kept);
    }

    private void count(List<Row> rows) throws InterruptedException {
        writer.write(rows);
        hours.mark(rollups.apply(counted(rows)));
    }

    /** As if the hours had been marked by somebody whose rows are others. */
    private void markAgain() {
        store.database()
                .getCollection(StoreLayout.CHANGED_HOURS)
                .updateMany(new Document(), Updates.set("waiting.audit", true));
    }

    private void change(String collection) {
        var changed =
                store.database()
                        .getCollection(collection)
                        .updateOne(
                                Filters.exists("prompt_tokens"),
                                Updates.inc("prompt_tokens.sum", 1L));
        assertEquals(1, changed.getMatchedCount());
    }

    private static List<CountedRow> counted(List<Row> rows) {
        return rows.stream().map(CountedRow::of).toList();
    }

    private interface TimeOf {
        Instant row(int number);
    }

    private List<Row> rows(int count, TimeOf time) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < count; i++) {
            rows.add(usages.at(i, usage(i, time.row(i))));
        }
        return rows;
    }

    private static Event usage(int number, Instant time) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, time)
                .set(TokenUsage.REQUEST_ID, "request-" + number)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, 10L)
                .set(TokenUsage.LATENCY_MS, 125.0 + Math.floorMod(number, 7))
                // some sum up several requests
                .set(TokenUsage.REQUESTS, number % 3 == 0 ? 40L : null)
                .build();
    }

    private static Event sample(Random random, Instant time) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, time)
                .set(GpuMetric.HOST, "host-" + random.nextInt(3))
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.POWER_W, random.nextInt(700) / 7.0)
                .set(GpuMetric.EVENT_ID, "sample-" + random.nextLong())
                .build();
    }
}
