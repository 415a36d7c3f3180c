package gpuanalytics.processor.rollup;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.BenchRecords;
import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventDecoder;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Rolls events up in a store, as the processor does. */
public final class BenchRollupStore implements AutoCloseable {

    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(15);
    private static final Duration LEASE = Duration.ofMinutes(5);

    private final ChangedHours hours;
    private final MongoRollups rollups;
    private final BenchRecords samples = new BenchRecords(EventTopic.GPU_METRICS);
    private final BenchRecords usages = new BenchRecords(EventTopic.TOKEN_USAGE);
    private final EventDecoder decoder =
            new ScanningEventDecoder(
                    new EventCodec(EventLimits.defaults()), Clock.systemUTC(), SAMPLE_INTERVAL);
    private long next;

    public BenchRollupStore(MongoStore store) {
        var clock = Clock.systemUTC();
        var metrics = new ProcessorMetrics(new SimpleMeterRegistry());
        var retry = new StoreRetry(new PartHealth("store", "starting", clock), metrics);
        this.hours = new ChangedHours(store, retry, metrics, clock, LEASE);
        this.rollups =
                new MongoRollups(
                        store, new RollupMath(SAMPLE_INTERVAL), 1000, retry, metrics, clock);
    }

    /** Rolls up events that come after all others so far, and marks their hours as changed. */
    public void apply(List<Event> events) throws InterruptedException {
        var rows = new ArrayList<CountedRow>();
        for (var event : events) {
            rows.add(CountedRow.of(row(event)));
        }
        hours.mark(rollups.apply(rows));
    }

    private Row row(Event event) {
        var records =
                switch (event.topic()) {
                    case GPU_METRICS -> samples;
                    case TOKEN_USAGE -> usages;
                };
        return switch (decoder.decode(records.record(EventCodec.encode(event), next++))) {
            case Row row -> row;
            case DecodedRecord.Rejected rejected ->
                    throw new IllegalStateException("rejected: " + rejected);
        };
    }

    @Override
    public void close() {
        rollups.close();
    }
}
