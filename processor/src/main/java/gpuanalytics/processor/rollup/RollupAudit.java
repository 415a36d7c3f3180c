package gpuanalytics.processor.rollup;

import com.mongodb.MongoException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recomputes closed rollups from their raw documents and compares. Only reads.
 *
 * <p>A difference counts as drift when it is still the same after a while: events on their way have
 * their raw document a moment before their rollup. Rollups whose raw documents may have begun to
 * expire are left out. One thread calls it.
 */
public final class RollupAudit {

    private static final Logger log = LoggerFactory.getLogger(RollupAudit.class);

    /** An hour is closed this long after its end. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final Duration LARGEST_MARGIN = Duration.ofHours(1);
    private static final int MAX_HOURS = 48;

    private final MongoStore store;
    private final RollupMath math;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final Duration rawRetention;
    private final Pause settle;
    private final Map<RollupKind, Instant> changedSince = new EnumMap<>(RollupKind.class);

    /** Waits until events that were on their way are rolled up. */
    public interface Pause {
        void await() throws InterruptedException;
    }

    /**
     * @param rawRetention how long raw documents are kept
     * @param settle waits between the two looks
     */
    public RollupAudit(
            MongoStore store,
            RollupMath math,
            ProcessorMetrics metrics,
            Clock clock,
            Duration rawRetention,
            Pause settle) {
        this.store = store;
        this.math = math;
        this.metrics = metrics;
        this.clock = clock;
        this.rawRetention = rawRetention;
        this.settle = settle;
        for (var kind : RollupKind.values()) {
            changedSince.put(kind, clock.instant());
        }
    }

    /**
     * Audits the closed hours of a topic's rollups that changed since the last call; at most
     * {@value #MAX_HOURS} of them, the latest.
     *
     * @return how many documents differ from their raw rows
     * @throws MongoException when the store does not answer; the next call looks at the same hours
     */
    public long auditChanged(EventTopic topic) throws InterruptedException {
        var kind = RollupKind.of(topic);
        var started = clock.instant();
        var hours = changedHours(kind);
        var drift = 0L;
        for (var hour : hours.descendingSet().stream().limit(MAX_HOURS).toList()) {
            drift += audit(kind, hour);
        }
        changedSince.put(kind, started.minus(GRACE));
        return drift;
    }

    private NavigableSet<Long> changedHours(RollupKind kind) {
        var since = changedSince.getOrDefault(kind, Instant.EPOCH);
        var closed = clock.instant().minus(GRACE).minusSeconds(Granularity.HOUR.seconds());
        var hours = new TreeSet<Long>();
        store.collection(kind.collection(Granularity.HOUR))
                .find(
                        Filters.and(
                                Filters.gte(StoreLayout.STORED_AT, date(since)),
                                Filters.lte(StoreLayout.BUCKET, date(closed))))
                .projection(Projections.include(StoreLayout.BUCKET))
                .forEach(
                        document ->
                                hours.add(
                                        document.getDateTime(StoreLayout.BUCKET).getValue()
                                                / 1000));
        return hours;
    }

    private long audit(RollupKind kind, long hour) throws InterruptedException {
        var first = differences(kind, hour);
        if (first.isEmpty()) {
            return 0;
        }
        settle.await();
        var second = differences(kind, hour);
        second.entrySet().retainAll(first.entrySet());
        second.forEach(
                (id, difference) ->
                        log.atError()
                                .addKeyValue("rollup", id)
                                .addKeyValue("difference", difference)
                                .log("rollup differs from its raw documents"));
        metrics.drifted(second.size());
        return second.size();
    }

    /** What differs in an hour and its minutes, by collection and id. */
    private Map<String, String> differences(RollupKind kind, long hour) {
        var differences = new HashMap<String, String>();
        var hourSums = new HashMap<String, Sums>();
        var minute = Granularity.MINUTE.seconds();
        for (long start = hour; start < hour + Granularity.HOUR.seconds(); start += minute) {
            var minuteSums = new HashMap<String, Sums>();
            addRaw(kind, start, minuteSums, hourSums);
            compare(kind, Granularity.MINUTE, start, minuteSums, differences);
        }
        compare(kind, Granularity.HOUR, hour, hourSums, differences);
        return differences;
    }

    private void addRaw(
            RollupKind kind, long start, Map<String, Sums> minutes, Map<String, Sums> hours) {
        store.collection(kind.rawCollection())
                .find(
                        Filters.and(
                                Filters.gte(StoreLayout.TS, new BsonDateTime(start * 1000)),
                                Filters.lt(
                                        StoreLayout.TS,
                                        new BsonDateTime(
                                                (start + Granularity.MINUTE.seconds()) * 1000))))
                .forEach(
                        document -> {
                            var event = StoredEvent.of(kind.topic(), document);
                            for (var sums : List.of(minutes, hours)) {
                                math.add(
                                        sums.computeIfAbsent(event.series(), _ -> new Sums(kind)),
                                        event.values());
                            }
                        });
    }

    private void compare(
            RollupKind kind,
            Granularity granularity,
            long bucket,
            Map<String, Sums> expected,
            Map<String, String> differences) {
        var collection = kind.collection(granularity);
        var seen = new HashSet<String>();
        store.collection(collection)
                .find(Filters.eq(StoreLayout.BUCKET, new BsonDateTime(bucket * 1000)))
                .forEach(
                        document -> {
                            var id = document.getString(StoreLayout.ID).getValue();
                            var series = id.substring(id.indexOf('|') + 1);
                            seen.add(series);
                            if (mayHaveExpired(document)) {
                                return;
                            }
                            metrics.audited(1);
                            var sums = expected.getOrDefault(series, new Sums(kind));
                            var difference = difference(sums, document);
                            if (!difference.isEmpty()) {
                                differences.put(collection + " " + id, difference);
                            }
                        });
        for (var series : expected.keySet()) {
            if (!seen.contains(series)) {
                differences.put(collection + " " + bucket + "|" + series, "no document");
            }
        }
    }

    private boolean mayHaveExpired(RawBsonDocument document) {
        var quarter = rawRetention.dividedBy(4);
        var margin = quarter.compareTo(LARGEST_MARGIN) < 0 ? quarter : LARGEST_MARGIN;
        var made = Instant.ofEpochMilli(document.getDateTime(StoreLayout.CREATED_AT).getValue());
        return made.isBefore(clock.instant().minus(rawRetention).plus(margin));
    }

    /** What differs, in words; empty where nothing does. */
    static String difference(Sums sums, BsonDocument document) {
        var text = new StringBuilder();
        var expected = new HashMap<String, Long>();
        sums.forEachSum(expected::put);
        var found = new HashMap<String, Long>();
        collectSums(document, "", found);
        var paths = new TreeSet<String>(expected.keySet());
        paths.addAll(found.keySet());
        for (var path : paths) {
            long raw = expected.getOrDefault(path, 0L);
            long rollup = found.getOrDefault(path, 0L);
            if (raw != rollup) {
                text.append("%s is %d, raw has %d; ".formatted(path, rollup, raw));
            }
        }
        sums.forEachRange(
                (measure, min, max) -> {
                    var path = measure.reading();
                    var range = document.getDocument(path, new BsonDocument());
                    if (!isNumber(range, StoreLayout.MIN, min)
                            || !isNumber(range, StoreLayout.MAX, max)) {
                        text.append("%s is not within %s to %s; ".formatted(path, min, max));
                    }
                });
        return text.toString();
    }

    private static final Set<String> NOT_SUMS =
            Set.of(
                    StoreLayout.WATERMARKS,
                    StoreLayout.MIN,
                    StoreLayout.MAX,
                    GpuMetric.GPU_INDEX.name());

    /** The integer sums of a rollup document, by path. */
    private static void collectSums(BsonDocument document, String prefix, Map<String, Long> found) {
        document.forEach(
                (name, value) -> {
                    if (NOT_SUMS.contains(name)) {
                        return;
                    }
                    switch (value) {
                        case BsonDocument inner -> collectSums(inner, prefix + name + ".", found);
                        case BsonNumber number -> found.put(prefix + name, number.longValue());
                        default -> {}
                    }
                });
    }

    private static boolean isNumber(BsonDocument range, String name, double expected) {
        return range.get(name) instanceof BsonNumber number && number.doubleValue() == expected;
    }

    private static BsonDateTime date(Instant time) {
        return new BsonDateTime(time.toEpochMilli());
    }
}
