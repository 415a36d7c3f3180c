package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.bson.RawBsonDocument;

/**
 * What rollup documents should hold, counted anew from stored documents: from raw ones as the
 * rollups count them, or an hour's from its minutes.
 */
public final class Recount {

    private static final Set<String> NOT_SUMS =
            Set.of(
                    StoreLayout.WATERMARKS,
                    StoreLayout.MIN,
                    StoreLayout.MAX,
                    GpuMetric.GPU_INDEX.name());

    private record Range(double min, double max) {
        Range with(Range other) {
            return new Range(Math.min(min, other.min), Math.max(max, other.max));
        }
    }

    private final RollupMath math;
    private final Sums sums;
    private final Map<String, Long> ofDocuments = new HashMap<>();
    private final Map<String, Range> ranges = new HashMap<>();

    /** Nothing counted yet. */
    public Recount(EventTopic topic, RollupMath math) {
        this.math = math;
        this.sums = new Sums(RollupKind.of(topic));
    }

    /**
     * A raw document as the rollups see it.
     *
     * @param effects what it does, in one place or several
     * @param source where it came from, by the name of the watermarks
     * @param offset its offset there
     */
    public record RawRow(List<Effect> effects, String source, long offset) {

        /** Reads a raw document, of which it needs {@link #fieldsRead} alone. */
        public static RawRow of(EventTopic topic, RawBsonDocument raw) {
            var event = StoredEvent.of(topic, raw);
            var src = raw.getDocument(StoreLayout.SRC);
            return new RawRow(
                    Effect.of(event.values(), event.overflow(), event.role()),
                    Position.source(
                            src.getString(StoreLayout.SRC_TOPIC_ID).getValue(),
                            src.getNumber(StoreLayout.SRC_PARTITION).intValue()),
                    src.getNumber(StoreLayout.SRC_OFFSET).longValue());
        }
    }

    /** The fields of raw documents that are needed here. */
    public static List<String> fieldsRead(EventTopic topic) {
        var kind = RollupKind.of(topic);
        var fields = new ArrayList<>(kind.labels());
        kind.measures().forEach(measure -> fields.add(measure.name()));
        fields.addAll(
                List.of(
                        StoreLayout.TS,
                        StoreLayout.TS_NANOS,
                        StoreLayout.SRC,
                        StoreLayout.STORED_AT,
                        GpuMetric.INTERVAL_S.name(),
                        GpuMetric.XID.name(),
                        TokenUsage.REQUESTS.name(),
                        TokenUsage.ERROR_TYPE.name()));
        fields.addAll(StoredEvent.decisions());
        return fields;
    }

    /** Counts what a raw row does here. */
    public void add(Effect effect) {
        math.add(sums, effect.values(), effect.amount());
    }

    /** Counts what a finer rollup document counts. */
    public void add(BsonDocument rollup) {
        collectSums(rollup, "", ofDocuments);
        rollup.forEach(
                (name, value) -> {
                    if (value instanceof BsonDocument reading
                            && reading.get(StoreLayout.MIN) instanceof BsonNumber min
                            && reading.get(StoreLayout.MAX) instanceof BsonNumber max) {
                        ranges.merge(
                                name, new Range(min.doubleValue(), max.doubleValue()), Range::with);
                    }
                });
    }

    /** How a rollup document differs, in words; empty where it does not. */
    public String differenceTo(BsonDocument rollup) {
        var expected = new HashMap<>(ofDocuments);
        sums.forEachSum((path, by) -> expected.merge(path, by, Long::sum));
        var expectedRanges = new HashMap<>(ranges);
        sums.forEachRange(
                (paths, min, max) ->
                        expectedRanges.merge(paths.reading(), new Range(min, max), Range::with));
        var found = new HashMap<String, Long>();
        collectSums(rollup, "", found);
        var text = new StringBuilder();
        var paths = new TreeSet<>(expected.keySet());
        paths.addAll(found.keySet());
        for (var path : paths) {
            long counted = expected.getOrDefault(path, 0L);
            long stored = found.getOrDefault(path, 0L);
            if (counted != stored) {
                text.append("%s is %d, counted anew %d; ".formatted(path, stored, counted));
            }
        }
        expectedRanges.forEach(
                (path, range) -> {
                    if (!hasRange(rollup.getDocument(path, new BsonDocument()), range)) {
                        text.append(
                                "%s is not within %s to %s; "
                                        .formatted(path, range.min, range.max));
                    }
                });
        return text.toString();
    }

    /** The integer sums of a rollup document, added by path. */
    private static void collectSums(BsonDocument document, String prefix, Map<String, Long> sums) {
        document.forEach(
                (name, value) -> {
                    if (NOT_SUMS.contains(name)) {
                        return;
                    }
                    switch (value) {
                        case BsonDocument inner -> collectSums(inner, prefix + name + ".", sums);
                        case BsonNumber number ->
                                sums.merge(prefix + name, number.longValue(), Sums::saturatedAdd);
                        default -> {}
                    }
                });
    }

    private static boolean hasRange(BsonDocument reading, Range range) {
        return isNumber(reading, StoreLayout.MIN, range.min)
                && isNumber(reading, StoreLayout.MAX, range.max);
    }

    private static boolean isNumber(BsonDocument reading, String name, double expected) {
        return reading.get(name) instanceof BsonNumber number && number.doubleValue() == expected;
    }
}
