package gpuanalytics.processor.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MeterState;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.Recount;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.processor.write.IdentityRules;
import gpuanalytics.processor.write.MongoEventWriter;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import gpuanalytics.processor.write.Written;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.bson.RawBsonDocument;

/** A store with the writer and the rollups before it, and meters that read from it. */
final class MeteredStore implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", Clock.systemUTC()), metrics);
    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));
    private final MongoEventWriter writer =
            new MongoEventWriter(store, IdentityRules.defaults(), retry, metrics);
    private final MongoRollups rollups =
            new MongoRollups(store, math, 1000, retry, metrics, Clock.systemUTC());

    @Override
    public void close() {
        rollups.close();
        store.close();
        faults.close();
        embedded.close();
    }

    FaultyStore faults() {
        return faults;
    }

    MongoStore store() {
        return store;
    }

    MongoRollups rollups() {
        return rollups;
    }

    /** The meters of a processor that has just started. */
    Metering metering(int kept) {
        return new Metering(
                new MeterLimits(kept, 1000, Duration.ofHours(1)),
                new LatestReadings(store, retry),
                new StoredSamples(store, retry),
                metrics);
    }

    /** Stores some rows as they are. */
    Written write(List<Row> rows) throws InterruptedException {
        var outcomes = writer.write(rows);
        var counted = new ArrayList<CountedRow>();
        var refused = new ArrayList<Row>();
        for (int i = 0; i < rows.size(); i++) {
            switch (outcomes.get(i)) {
                case Stored(var row) -> counted.add(row);
                case Redelivered(var row) -> counted.add(row);
                case Repeated _ -> {}
                case Rejected _ -> refused.add(rows.get(i));
            }
        }
        return new Written(counted, refused);
    }

    /** Meters some rows and stores them, all but the rollups. */
    CountedBatch metered(Metering metering, Row... rows) throws InterruptedException {
        return metering.turn().store(batch(List.of(rows)), batch -> write(batch.rows()));
    }

    /** What is decided of some rows, as they would be stored. */
    static List<Row> decide(Metering metering, Row... rows) throws InterruptedException {
        return decide(metering.turn(), batch(List.of(rows))).rows();
    }

    /** What is decided of a batch, as it would be stored. */
    static Batch decide(Metering.Turn turn, Batch batch) throws InterruptedException {
        var decided = new ArrayList<Batch>();
        turn.store(
                batch,
                round -> {
                    decided.add(round);
                    return new Written(List.of(), List.of());
                });
        return decided.getFirst();
    }

    static Batch batch(List<Row> rows) {
        return new Batch(rows, List.of(), Map.of(), 0);
    }

    static Event.Builder sample(int gpu, long second) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, START.plusSeconds(second))
                .set(GpuMetric.HOST, "node-9")
                .set(GpuMetric.GPU_INDEX, (long) gpu)
                .set(GpuMetric.NAME, "NVIDIA H200");
    }

    /** Rolls up what several batches count, in their order. */
    void rollUp(Collection<CountedBatch> batches) throws InterruptedException {
        var rows = new ArrayList<CountedRow>();
        var meters = new HashMap<String, MeterState>();
        for (var batch : batches) {
            rows.addAll(batch.rows());
            meters.putAll(batch.meters());
        }
        rollups.apply(new CountedBatch(rows, meters));
    }

    /** The sums of all rollups of a collection that are not 0. */
    Map<String, Long> sums(String collection) {
        var sums = new TreeMap<String, Long>();
        for (var rollup : store.collection(collection).find()) {
            for (var name : List.of("samples", "energy_uj", "energy_unknown", "xid_errors")) {
                if (rollup.get(name) instanceof BsonNumber number && number.longValue() != 0) {
                    sums.merge(name, number.longValue(), Long::sum);
                }
            }
        }
        return sums;
    }

    /** Rollups hold what the audit counts from the raw documents, of which it reads some fields. */
    void assertNoDrift() {
        var expected = new HashMap<String, Recount>();
        var read = Recount.fieldsRead(EventTopic.GPU_METRICS);
        for (var raw : store.collection(StoreLayout.GPU_METRICS).find()) {
            var seen = new BsonDocument();
            raw.forEach(
                    (name, value) -> {
                        if (read.contains(name)) {
                            seen.append(name, value);
                        }
                    });
            var document = new RawBsonDocument(seen, new org.bson.codecs.BsonDocumentCodec());
            var row = Recount.RawRow.of(EventTopic.GPU_METRICS, document);
            for (var effect : row.effects()) {
                expected.computeIfAbsent(
                                effect.series(), _ -> new Recount(EventTopic.GPU_METRICS, math))
                        .add(effect);
            }
        }
        for (var hour : store.collection(StoreLayout.GPU_HOUR).find()) {
            var id = hour.getString(StoreLayout.ID).getValue();
            var series = id.substring(id.indexOf('|') + 1);
            var recount = expected.get(series);
            assertTrue(recount != null, id + " of " + expected.keySet());
            assertEquals("", recount.differenceTo(hour), id);
        }
    }
}
