package gpuanalytics.processor.audit;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.audit.Comparison.Difference;
import gpuanalytics.processor.change.ChangedHour;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.change.Purpose;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.Granularity;
import gpuanalytics.processor.rollup.Recount;
import gpuanalytics.processor.rollup.Recount.RawRow;
import gpuanalytics.processor.rollup.RollupKind;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recounts the rollups of changed hours that are over and compares. Only reads, and forgets no
 * hour: what a round does not get to waits for the next, in whichever processor.
 *
 * <p>Minutes are recounted from their raw events, hours from their minutes. Documents whose rows
 * are under way, or may have begun to expire, are left out. One thread calls it.
 */
public final class RollupAudit {

    private static final Logger log = LoggerFactory.getLogger(RollupAudit.class);

    /**
     * An hour is over this long after its end; whatever changes it later has it looked at again.
     */
    private static final Duration GRACE = Duration.ofMinutes(5);

    /** Differences named in the log for one hour; the others are counted. */
    private static final int MAX_NAMED = 20;

    /** Series of an hour whose sums are held at the same time. */
    private static final int SERIES_PER_PASS = 5000;

    private final MongoStore store;
    private final ChangedHours hours;
    private final RollupMath math;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final AuditConfig config;
    private final StoreConfig kept;
    private final Random random = new Random();

    /**
     * @param kept how long what is kept
     */
    public RollupAudit(
            MongoStore store,
            ChangedHours hours,
            RollupMath math,
            ProcessorMetrics metrics,
            Clock clock,
            AuditConfig config,
            StoreConfig kept) {
        this.store = store;
        this.hours = hours;
        this.math = math;
        this.metrics = metrics;
        this.clock = clock;
        this.config = config;
        this.kept = kept;
    }

    /**
     * Audits the hours that wait for it, the latest first.
     *
     * @return how many documents differ
     * @throws com.mongodb.MongoException when the store does not answer; the hours still wait then
     */
    public long auditChanged() {
        var until = clock.instant().plus(config.interval());
        var drift = 0L;
        while (!Thread.currentThread().isInterrupted() && !clock.instant().isAfter(until)) {
            var claimed = hours.claim(Purpose.AUDIT, clock.instant().minus(GRACE));
            if (claimed.isEmpty()) {
                return drift;
            }
            drift += audit(claimed.get());
            hours.finish(claimed.get());
        }
        return drift;
    }

    private long audit(ChangedHour hour) {
        var differences = new ArrayList<Difference>();
        compareMinutes(hour, differences);
        compareHour(hour, differences);
        differences.stream()
                .limit(MAX_NAMED)
                .forEach(
                        difference ->
                                log.atError()
                                        .addKeyValue("collection", difference.collection())
                                        .addKeyValue("rollup", difference.id())
                                        .addKeyValue("difference", difference.what())
                                        .log("rollup differs from what it was counted from"));
        metrics.drifted(differences.size());
        return differences.size();
    }

    /** Minutes in random order, as many as the limit of rows allows; at least one. */
    private void compareMinutes(ChangedHour hour, List<Difference> differences) {
        var minutes = new ArrayList<Long>();
        for (int i = 0; i < 60; i++) {
            minutes.add(hour.hour() + i * (long) Granularity.MINUTE.seconds());
        }
        Collections.shuffle(minutes, random);
        var rows = 0L;
        for (var minute : minutes) {
            rows += compareMinute(hour, minute, differences);
            if (rows >= config.maxRows()) {
                return;
            }
        }
    }

    private long compareMinute(ChangedHour hour, long minute, List<Difference> differences) {
        var collection = RollupKind.of(hour.kind()).collection(Granularity.MINUTE);
        var comparison =
                new Comparison(hour, collection, math, clock.instant(), kept.rawRetention());
        var rows = 0L;
        for (var raw : rawDocuments(hour.kind(), minute)) {
            rows++;
            comparison.expect(RawRow.of(hour.kind(), raw), minute, raw);
        }
        store.collection(collection).find(bucket(minute)).forEach(comparison::compare);
        metrics.audited(comparison.compared());
        differences.addAll(comparison.differences(minute, kept.minuteRetention()));
        return rows;
    }

    /** What happened in a minute, and what has something that did count otherwise. */
    private Iterable<RawBsonDocument> rawDocuments(EventTopic topic, long minute) {
        return store.collection(RollupKind.of(topic).rawCollection())
                .find(
                        Filters.or(
                                inMinute(StoreLayout.TS, minute),
                                Filters.and(
                                        Filters.exists(StoreLayout.REPLACED_TS),
                                        inMinute(StoreLayout.REPLACED_TS, minute)),
                                Filters.elemMatch(
                                        StoreLayout.MOVES, inMinute(StoreLayout.MOVED_TS, minute))))
                .projection(Projections.include(Recount.fieldsRead(topic)));
    }

    /** One condition: of a field in an array, both bounds are for the same element. */
    private static Bson inMinute(String field, long minute) {
        var until = minute + Granularity.MINUTE.seconds();
        return new BsonDocument(
                field,
                new BsonDocument("$gte", new BsonDateTime(minute * 1000))
                        .append("$lt", new BsonDateTime(until * 1000)));
    }

    /** An hour against its minutes, some of its series at a time: the sums held are bounded. */
    private void compareHour(ChangedHour hour, List<Difference> differences) {
        var collection = RollupKind.of(hour.kind()).collection(Granularity.HOUR);
        var series = store.collection(collection).countDocuments(bucket(hour.hour()));
        var passes = 1 + (int) (series / SERIES_PER_PASS);
        for (int pass = 0; pass < passes; pass++) {
            compareHour(hour, collection, new Slice(pass, passes), differences);
        }
    }

    private void compareHour(
            ChangedHour hour, String collection, Slice slice, List<Difference> differences) {
        var comparison =
                new Comparison(hour, collection, math, clock.instant(), kept.minuteRetention());
        for (var minute : minutesOf(hour)) {
            if (slice.has(minute)) {
                comparison.expect(minute);
            }
        }
        for (var rollup : store.collection(collection).find(bucket(hour.hour()))) {
            if (slice.has(rollup)) {
                comparison.compare(rollup);
            }
        }
        metrics.audited(comparison.compared());
        differences.addAll(comparison.differences(hour.hour(), kept.hourRetention()));
    }

    private Iterable<RawBsonDocument> minutesOf(ChangedHour hour) {
        var from = new BsonDateTime(hour.hour() * 1000);
        var to = new BsonDateTime((hour.hour() + Granularity.HOUR.seconds()) * 1000);
        return store.collection(RollupKind.of(hour.kind()).collection(Granularity.MINUTE))
                .find(
                        Filters.and(
                                Filters.gte(StoreLayout.BUCKET, from),
                                Filters.lt(StoreLayout.BUCKET, to)));
    }

    private static Bson bucket(long start) {
        return Filters.eq(StoreLayout.BUCKET, new BsonDateTime(start * 1000));
    }

    /** The series of one pass. */
    private record Slice(int pass, int passes) {
        boolean has(BsonDocument rollup) {
            return Math.floorMod(Comparison.seriesOf(rollup).hashCode(), passes) == pass;
        }
    }
}
