package gpuanalytics.processor.rollup;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;

/** Which rollups an event counts in and what it adds there. Pure: no store, no clock. */
public final class RollupMath {

    private record Place(RollupKey key, String source) {}

    private final double sampleIntervalS;

    /**
     * @param sampleInterval the time that a sample stands for when it does not say
     */
    public RollupMath(Duration sampleInterval) {
        this.sampleIntervalS = sampleInterval.toMillis() / 1000.0;
    }

    /** Folds rows, those of each partition in offset order, into one rollup per document. */
    Collection<Rollup> fold(List<CountedRow> rows) {
        var rollups = new LinkedHashMap<Place, Rollup>();
        for (var row : rows) {
            var facts = Facts.of(RollupKind.of(row.topic()), row.document());
            var series = row.overflow() ? SeriesKey.other() : facts.series();
            for (var granularity : Granularity.values()) {
                var key = keyOf(facts, granularity, series);
                rollups.computeIfAbsent(
                                new Place(key, row.source()), p -> new Rollup(p.key, p.source))
                        .add(row.offset(), facts);
            }
        }
        return rollups.values();
    }

    /** The document that an event of this series counts in. */
    static RollupKey keyOf(Facts facts, Granularity granularity, String series) {
        return new RollupKey(
                facts.kind(), granularity, granularity.bucketOf(facts.epochSecond()), series);
    }

    /** Adds one event. */
    void add(Sums sums, Facts facts) {
        sums.add(facts, sampleIntervalS);
    }
}
