package gpuanalytics.processor.ledger;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;

import com.mongodb.client.model.Projections;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.gpuname.GpuNameBook;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Computes the ledger of an hour from stored rollups, a minute at a time. */
final class HourComputation {

    /**
     * A ledger, and whether every event that the hour's rollups count was found in its minutes:
     * they may have expired.
     */
    record Computed(HourLedger ledger, boolean complete) {}

    private static final int MINUTES = 60;
    private static final double LONG_MS = 60_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final List<String> USAGE_COUNTS =
            List.of(TokenCounter.REQUESTS.field(), TokenCounter.SUPERSEDED.field());

    private static final List<String> SAMPLE_COUNTS = List.of(GpuCounter.SAMPLES.field());

    private final StoreReads reads;
    private final GpuNameBook names;

    HourComputation(StoreReads reads, GpuNameBook names) {
        this.reads = reads;
        this.names = names;
    }

    /**
     * The ledger of an hour.
     *
     * @param cuts where to cut entries
     * @param now minutes of the open hour count as far as they are over
     */
    Computed compute(Instant hour, PriceCuts cuts, Instant now) {
        var known = names.names();
        // hours first: an event counts in its minute before it counts in its hour
        long expected =
                events(StoreLayout.GPU_HOUR, hour, SAMPLE_COUNTS)
                        + events(StoreLayout.TOKEN_HOUR, hour, USAGE_COUNTS);
        var account = new HourAccount(frame(hour, known, now), cuts, known);
        long found = 0;
        for (int i = MINUTES + RequestSpread.MINUTES - 1; i >= 0; i--) {
            found += readMinute(hour.plus(MINUTE.multipliedBy(i)), i < MINUTES, account);
        }
        return new Computed(account.finish(), found >= expected);
    }

    private HourAccount.Frame frame(Instant hour, GpuNames known, Instant now) {
        var end = hour.plus(HOUR);
        var passed = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), 60) * 60);
        return new HourAccount.Frame(
                hour,
                passed.isBefore(end) ? passed : end,
                boards(hour.minus(HOUR), known),
                boards(end, known));
    }

    private Set<String> boards(Instant hour, GpuNames known) {
        var boards = new HashSet<String>();
        reads.forEach(
                StoreLayout.GPU_HOUR,
                bucket(hour),
                search -> search.projection(Projections.include(StoreLayout.GPU)),
                rollup -> {
                    var name = rollup.getString(StoreLayout.GPU);
                    if (name != null) {
                        boards.add(known.inBucket(name, hour));
                    }
                });
        return boards;
    }

    private long events(String collection, Instant hour, List<String> counters) {
        var sum = new long[1];
        reads.forEach(
                collection,
                bucket(hour),
                search -> search.projection(Projections.include(counters)),
                rollup -> sum[0] += count(rollup, counters));
        return sum[0];
    }

    /** Returns how many events the minute counts, of one that is in the hour. */
    private long readMinute(Instant minute, boolean isInHour, HourAccount account) {
        var found = new long[1];
        var gpus = new ArrayList<GpuRow>();
        var usages = new ArrayList<TokenRow>();
        if (isInHour) {
            reads.forEach(
                    StoreLayout.GPU_MINUTE,
                    bucket(minute),
                    search -> search.projection(fields(GpuRow.FIELDS, SAMPLE_COUNTS)),
                    rollup -> {
                        gpus.add(GpuRow.read(rollup));
                        found[0] += count(rollup, SAMPLE_COUNTS);
                    });
        }
        reads.forEach(
                StoreLayout.TOKEN_MINUTE,
                isInHour
                        ? bucket(minute)
                        : and(
                                bucket(minute),
                                gt(TokenUsage.LATENCY_MS.name() + "." + StoreLayout.MAX, LONG_MS)),
                search -> search.projection(fields(TokenRow.FIELDS, USAGE_COUNTS)),
                rollup -> {
                    usages.add(TokenRow.read(rollup));
                    found[0] += count(rollup, USAGE_COUNTS);
                });
        gpus.sort(Comparator.comparing(GpuRow::series));
        account.minute(minute, gpus, usages);
        return isInHour ? found[0] : 0;
    }

    private static Bson fields(List<String> fields, List<String> more) {
        var all = new ArrayList<>(fields);
        all.addAll(more);
        return Projections.include(all);
    }

    private static long count(Document rollup, List<String> counters) {
        return counters.stream().mapToLong(counter -> GpuRow.integer(rollup, counter)).sum();
    }

    private static Bson bucket(Instant start) {
        return eq(StoreLayout.BUCKET, Date.from(start));
    }
}
