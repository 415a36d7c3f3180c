package gpuanalytics.processor.ledger;

import com.mongodb.client.model.Projections;
import gpuanalytics.processor.gpuname.GpuNameBook;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.query.StoredFields;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Computes the ledger of an hour from stored rollups, a minute at a time. */
final class HourComputation {

    /**
     * A ledger, and whether every event that the hour's rollups count was found in its minutes:
     * they may have expired.
     */
    record Computed(HourLedger ledger, boolean complete) {}

    private static final Duration HOUR = Duration.ofHours(1);

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
                events(StoreLayout.GPU_HOUR, hour, GpuCounter.SAMPLES.field())
                        + events(
                                StoreLayout.TOKEN_HOUR,
                                hour,
                                TokenCounter.REQUESTS.field(),
                                TokenCounter.SUPERSEDED.field(),
                                TokenCounter.WITHOUT_REQUEST.field());
        var account = new HourAccount(frame(hour, known, now), cuts, known);
        long found = 0;
        try (var minutes = new MinuteReads(reads, hour)) {
            while (minutes.hasNext()) {
                var minute = minutes.next();
                account.minute(minute.start(), minute.gpus(), minute.usages());
                found += minute.events();
            }
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
                MinuteReads.bucket(hour),
                search -> search.projection(Projections.include(StoreLayout.GPU)),
                rollup -> {
                    var name = rollup.getString(StoreLayout.GPU);
                    if (name != null) {
                        boards.add(known.inBucket(name, hour));
                    }
                });
        return boards;
    }

    private long events(String collection, Instant hour, String... counters) {
        var fields = new StoredFields();
        var counts = Arrays.stream(counters).map(fields::field).toList();
        var sum = new long[1];
        reads.forEachRaw(
                collection,
                MinuteReads.bucket(hour),
                fields.projection(),
                rollup -> {
                    fields.read(rollup);
                    sum[0] += counts.stream().mapToLong(StoredFields.Field::integer).sum();
                });
        return sum[0];
    }
}
