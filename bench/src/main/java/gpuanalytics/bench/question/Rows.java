package gpuanalytics.bench.question;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.rollup.LatencyBins;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.bson.Document;

/** Makes rollups as events leave them, without the events. For one thread. */
final class Rows {

    private static final int ROWS_PER_WRITE = 1000;
    private static final int TEAMS = 20;
    private static final int MODELS = 10;
    private static final int PROJECTS = 50;
    private static final int SAMPLES_PER_MINUTE = 60;

    private final MongoStore store;
    private final Random random = new Random(1);
    private final List<Document> waiting = new ArrayList<>();
    private long rows;

    Rows(MongoStore store) {
        this.store = store;
    }

    /** How many there are. */
    long rows() {
        return rows;
    }

    /** One rollup per series and hour, together of so many events. */
    void usages(Instant from, Instant to, int series, long events) {
        usages(from, to, Duration.ofHours(1), series, events);
    }

    /** The same of an hour now and then only. */
    void usages(Instant from, Instant to, Duration every, int series, long events) {
        long hours = Duration.between(from, to).dividedBy(every);
        long all = hours * series;
        long told = 0;
        for (long row = 0; row < all; row++) {
            long until = Math.round((double) events * (row + 1) / all);
            if (until > told) {
                var hour = from.plus(every.multipliedBy(row / series));
                add(StoreLayout.TOKEN_HOUR, usage(hour, (int) (row % series), until - told));
                told = until;
            }
        }
        flush(StoreLayout.TOKEN_HOUR);
    }

    /** One rollup per minute and hour of a GPU that is sampled every second. */
    void gpu(String gpu, Instant from, Instant to) {
        for (var minute = from; minute.isBefore(to); minute = minute.plusSeconds(60)) {
            add(StoreLayout.GPU_MINUTE, sample(gpu, minute, SAMPLES_PER_MINUTE));
        }
        flush(StoreLayout.GPU_MINUTE);
        for (var hour = from; hour.isBefore(to); hour = hour.plus(Duration.ofHours(1))) {
            add(StoreLayout.GPU_HOUR, sample(gpu, hour, 60L * SAMPLES_PER_MINUTE));
        }
        flush(StoreLayout.GPU_HOUR);
    }

    private Document usage(Instant hour, int series, long events) {
        var parts =
                Arrays.asList(
                        "model-" + series % MODELS,
                        "team-" + series % TEAMS,
                        "user-" + series,
                        "project-" + series % PROJECTS,
                        null,
                        "openai",
                        "chat",
                        null,
                        null);
        var rollup =
                rollup(hour, SeriesKey.of(parts))
                        .append("model", parts.get(0))
                        .append("team", parts.get(1))
                        .append("user", parts.get(2))
                        .append("project", parts.get(3))
                        .append("provider", parts.get(5))
                        .append("operation", parts.get(6))
                        .append(TokenCounter.REQUESTS.field(), events)
                        .append(TokenCounter.ERRORS.field(), events / 100);
        Measures.TOKEN.forEach(measure -> append(rollup, measure, events));
        return rollup;
    }

    private Document sample(String gpu, Instant bucket, long samples) {
        var rollup =
                rollup(bucket, gpu)
                        .append(StoreLayout.GPU, gpu)
                        .append(GpuCounter.SAMPLES.field(), samples)
                        .append(GpuCounter.COVERED_US.field(), samples * 1_000_000)
                        .append(GpuCounter.ENERGY_UJ.field(), samples * 300_000_000);
        Measures.GPU.forEach(measure -> append(rollup, measure, samples));
        return rollup;
    }

    private static Document rollup(Instant bucket, String series) {
        return new Document(StoreLayout.ID, bucket.getEpochSecond() + "|" + series)
                .append(StoreLayout.BUCKET, Date.from(bucket))
                .append(StoreLayout.STORED_AT, Date.from(Instant.now()));
    }

    private void append(Document rollup, Measure measure, long values) {
        var part = new Document(StoreLayout.N, values);
        long each = 1L + random.nextInt(1000);
        if (measure.hasSum()) {
            part.append(measure.sumName(), values * each * Math.round(measure.sumPerUnit()));
        }
        if (measure.hasRange()) {
            part.append(StoreLayout.MIN, (double) each).append(StoreLayout.MAX, (double) each);
        }
        if (measure.hasBins()) {
            part.append(StoreLayout.BINS, bins(values));
        }
        if (measure.aggregation() != Aggregation.NONE) {
            rollup.append(measure.name(), part);
        }
    }

    /** Few values are in few bins, many spread over some forty. */
    private Document bins(long values) {
        var counts = new long[LatencyBins.COUNT];
        long left = values;
        for (int i = 0; i < 40 && left > 0; i++) {
            var bin = Math.clamp(Math.round(100 + 8 * random.nextGaussian()), 0, counts.length - 1);
            long some = i == 39 ? left : Math.max(1, left / 8);
            counts[bin] += some;
            left -= some;
        }
        var bins = new Document();
        for (int bin = 0; bin < counts.length; bin++) {
            if (counts[bin] > 0) {
                bins.append(Integer.toString(bin), counts[bin]);
            }
        }
        return bins;
    }

    private void add(String collection, Document row) {
        waiting.add(row);
        rows++;
        if (waiting.size() >= ROWS_PER_WRITE) {
            flush(collection);
        }
    }

    private void flush(String collection) {
        if (!waiting.isEmpty()) {
            collection(collection).insertMany(waiting, new InsertManyOptions().ordered(false));
            waiting.clear();
        }
    }

    /** Forgets all of them. */
    void clear() {
        for (var name :
                List.of(
                        StoreLayout.TOKEN_HOUR,
                        StoreLayout.TOKEN_DAYS,
                        StoreLayout.CHANGED_HOURS,
                        StoreLayout.GPU_MINUTE,
                        StoreLayout.GPU_HOUR)) {
            collection(name).deleteMany(new Document());
        }
        rows = 0;
    }

    private MongoCollection<Document> collection(String name) {
        return store.database().getCollection(name);
    }
}
