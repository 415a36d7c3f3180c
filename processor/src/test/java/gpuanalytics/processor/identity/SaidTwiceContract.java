package gpuanalytics.processor.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.TestStores;
import gpuanalytics.embedded.testing.TestStores.TestStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.audit.AuditConfig;
import gpuanalytics.processor.audit.RollupAudit;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role.Another;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.decode.Role.Outranked;
import gpuanalytics.processor.decode.Role.Replacing;
import gpuanalytics.processor.decode.Role.Whole;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.IdentityRules;
import gpuanalytics.processor.write.MongoEventWriter;
import gpuanalytics.processor.write.Outcome;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import gpuanalytics.service.config.Secret;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever is said under one identity, in whatever order it comes, and whatever ends the processor
 * wherever: rollups hold what a plain model says, and every record came to one end. On every store.
 */
abstract class SaidTwiceContract {

    private static final int PARTITIONS = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));
    private TestStore opened;
    private StoreConfig config;
    private MongoStore store;
    private StoreRetry retry;
    private ChangedHours hours;

    abstract Lane lane();

    /** How many identities something is said under. */
    int histories() {
        return 10_000;
    }

    @BeforeEach
    void open() {
        System.out.println(getClass().getSimpleName() + " seed " + seed);
        opened = TestStores.open(lane());
        config =
                new StoreConfig(
                        new Secret(opened.url()),
                        opened.database(),
                        Duration.ofDays(7),
                        Duration.ofDays(30),
                        Duration.ofDays(400),
                        Duration.ofSeconds(60));
        store = new MongoStore(config);
        store.prepare();
        retry = new StoreRetry(new PartHealth("store", "up", Clock.systemUTC()), metrics);
        hours = new ChangedHours(store, retry, metrics, Clock.systemUTC(), Duration.ofMinutes(10));
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
            opened.close();
        }
    }

    /** The records of one partition, and how far they are done. */
    private static final class Partition {
        private final List<Row> rows = new ArrayList<>();
        private int done;

        List<Row> next(int most) {
            return rows.subList(done, Math.min(rows.size(), done + most));
        }
    }

    /** Which records of a batch are to be done up to, once its rollups are there. */
    private record Read(Map<Partition, Integer> upTo, List<Row> rows) {}

    @Test
    void rollupsHoldWhatAPlainModelSays() throws Exception {
        var said = new ArrayList<Event>();
        var histories = new Histories(random);
        for (int i = 0; i < histories(); i++) {
            said.addAll(histories.next());
        }
        Collections.shuffle(said, random);
        // by the row itself: to compare two would mean to read their documents
        var events = new IdentityHashMap<Row, Event>();
        var partitions = partitions(said, events);
        var model = new HistoryModel();
        var ends = new TreeMap<String, Long>();
        var seen = Collections.newSetFromMap(new IdentityHashMap<Row, Boolean>());
        var zombies = new ArrayList<List<CountedRow>>();
        try (var rollups = rollups()) {
            while (partitions.stream().anyMatch(each -> each.done < each.rows.size())) {
                var read = read(partitions);
                // The process may end while it inserts: then some are stored, whichever.
                var isCutShort = random.nextInt(4) == 0;
                var rows = isCutShort ? some(read.rows) : read.rows;
                var outcomes = writer().write(rows);
                for (int i = 0; i < rows.size(); i++) {
                    if (seen.add(rows.get(i))) {
                        model.accept(Objects.requireNonNull(events.get(rows.get(i))));
                        ends.merge(end(outcomes.get(i)), 1L, Long::sum);
                    }
                }
                var counted = counted(outcomes);
                if (isCutShort || random.nextInt(4) == 0) {
                    zombies.add(counted); // ends before its rollups; or only seems to
                    continue;
                }
                hours.mark(rollups.apply(counted));
                if (random.nextInt(4) != 0) { // else it ends before it commits
                    read.upTo.forEach((partition, upTo) -> partition.done = upTo);
                    while (!zombies.isEmpty() && random.nextBoolean()) {
                        // Somebody who was taken for dead comes with rows that count.
                        var late = zombies.removeFirst();
                        rollups.apply(
                                late.stream().filter(row -> isDone(row, partitions)).toList());
                    }
                }
            }
        }
        assertEquals(model.ends, ends, "seed " + seed);
        assertEquals(said.size(), ends.values().stream().mapToLong(end -> end).sum());
        assertSums(model);
        assertEquals(0, drift(), "seed " + seed);
    }

    /** Two processors at the same time, whose partitions hold words of the same identities. */
    @Test
    void wordsOfOneIdentityMayComeInAtTheSameTime() throws Exception {
        var said = new ArrayList<Event>();
        var histories = new Histories(random);
        for (int i = 0; i < histories() / 20; i++) {
            said.addAll(histories.nextRequest());
        }
        Collections.shuffle(said, random);
        var events = new IdentityHashMap<Row, Event>();
        var partitions = partitions(said, events);
        var model = new HistoryModel();
        said.forEach(model::accept);

        try (var threads = Executors.newFixedThreadPool(3)) {
            var processors = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 3; i++) {
                var own = List.of(partitions.get(i), partitions.get(i + 3));
                var restarts = new Random(random.nextLong());
                processors.add(
                        () -> {
                            process(own, restarts);
                            return true;
                        });
            }
            for (var done : threads.invokeAll(processors)) {
                done.get();
            }
        }

        assertSums(model);
        assertEquals(0, drift(), "seed " + seed);
    }

    private void process(List<Partition> own, Random restarts) throws InterruptedException {
        try (var rollups = rollups()) {
            while (own.stream().anyMatch(each -> each.done < each.rows.size())) {
                var upTo = new HashMap<Partition, Integer>();
                var rows = new ArrayList<Row>();
                for (var partition : own) {
                    var next = partition.next(40);
                    rows.addAll(next);
                    upTo.put(partition, partition.done + next.size());
                }
                var outcomes = writer().write(rows);
                if (restarts.nextInt(3) == 0) {
                    continue;
                }
                hours.mark(rollups.apply(counted(outcomes)));
                if (restarts.nextInt(3) != 0) {
                    upTo.forEach((partition, done) -> partition.done = done);
                }
            }
        }
    }

    private List<Partition> partitions(List<Event> said, Map<Row, Event> events) {
        var partitions = new ArrayList<Partition>();
        var records = new ArrayList<TestRows>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new Partition());
            var kind = i % 2 == 0 ? EventTopic.TOKEN_USAGE : EventTopic.GPU_METRICS;
            records.add(new TestRows(kind, "topic-" + kind.defaultName().charAt(0), i));
        }
        for (var event : said) {
            // Not by their key: the words of one identity lie in several partitions.
            int i = random.nextInt(PARTITIONS / 2) * 2;
            i += event.topic() == EventTopic.TOKEN_USAGE ? 0 : 1;
            var row = records.get(i).next(event);
            partitions.get(i).rows.add(row);
            events.put(row, event);
        }
        return partitions;
    }

    private Read read(List<Partition> partitions) {
        var upTo = new HashMap<Partition, Integer>();
        var rows = new ArrayList<Row>();
        for (var partition : partitions) {
            var next = partition.next(random.nextInt(400));
            rows.addAll(next);
            upTo.put(partition, partition.done + next.size());
        }
        return new Read(upTo, rows);
    }

    private List<Row> some(List<Row> rows) {
        return rows.stream().filter(_ -> random.nextBoolean()).toList();
    }

    private static boolean isDone(CountedRow row, List<Partition> partitions) {
        return partitions.stream()
                .anyMatch(
                        partition ->
                                !partition.rows.isEmpty()
                                        && partition
                                                .rows
                                                .getFirst()
                                                .record()
                                                .partition()
                                                .source()
                                                .equals(row.source())
                                        && row.offset() < partition.done);
    }

    private MongoEventWriter writer() {
        return new MongoEventWriter(store, IdentityRules.defaults(), retry, metrics);
    }

    private MongoRollups rollups() {
        return new MongoRollups(store, math, 1000, retry, metrics, Clock.systemUTC());
    }

    private static List<CountedRow> counted(List<Outcome> outcomes) {
        var counted = new ArrayList<CountedRow>();
        for (var outcome : outcomes) {
            switch (outcome) {
                case Stored(var row) -> counted.add(row);
                case Redelivered(var row) -> counted.add(row);
                case Repeated(), Rejected _ -> {}
            }
        }
        return counted;
    }

    private static String end(Outcome outcome) {
        return switch (outcome) {
            case Stored(var counted) ->
                    switch (counted.role()) {
                        case Whole _ -> "first";
                        case Another _ -> "reused";
                        case Replacing _, Outranked _ -> "later";
                        case Merging _ -> "merged";
                    };
            case Redelivered _ -> "read for the first time and there";
            case Repeated() -> "repeat";
            case Rejected rejected -> rejected.reason().label();
        };
    }

    private void assertSums(HistoryModel model) {
        assertEquals(model.sums(60), RollupSums.minutes(store.database()), "minutes, seed " + seed);
        assertEquals(model.sums(3600), RollupSums.hours(store.database()), "hours, seed " + seed);
    }

    private long drift() {
        var later = Clock.fixed(Instant.now().plus(Duration.ofMinutes(11)), ZoneOffset.UTC);
        return new RollupAudit(
                        store,
                        hours,
                        math,
                        metrics,
                        later,
                        new AuditConfig(Duration.ofMinutes(10), Duration.ofMinutes(10), 1000),
                        config)
                .auditChanged();
    }
}
