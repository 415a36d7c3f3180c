package gpuanalytics.bench.micro;

import gpuanalytics.bench.load.Workload;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.BenchRecords;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventDecoder;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import gpuanalytics.processor.rollup.BenchRollups;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Decode, fold and building of updates, per record: a batch of 5,000 as it comes from a topic. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class HotPath {

    private static final int BATCH = 5000;

    /** Samples at 1 Hz, usages of 200 series; C and E have few records per rollup. */
    @Param({"B", "D"})
    public String workload = "B";

    private List<RawRecord> records = List.of();
    private EventDecoder decoder =
            new ScanningEventDecoder(
                    new EventCodec(EventLimits.defaults()),
                    Clock.systemUTC(),
                    Duration.ofSeconds(15));
    private BenchRollups rollups = new BenchRollups(List.of());

    @Setup
    public void prepare() {
        var load = Workload.of(workload).load(BATCH, 1);
        var hasSamples = load.samples().size() > 0;
        var stream = hasSamples ? load.samples() : load.usages();
        var source = new BenchRecords(hasSamples ? EventTopic.GPU_METRICS : EventTopic.TOKEN_USAGE);
        records =
                LongStream.range(0, BATCH)
                        .mapToObj(n -> source.record(EventCodec.encode(stream.event(n)), n))
                        .toList();
        rollups = new BenchRollups(records.stream().map(this::row).toList());
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void decode(Blackhole hole) {
        for (var record : records) {
            hole.consume(decoder.decode(record));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Object fold() {
        return rollups.fold();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int buildUpdates() {
        return rollups.updates();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int buildDocuments() {
        return rollups.documents();
    }

    private Row row(RawRecord record) {
        return switch (decoder.decode(record)) {
            case Row row -> row;
            case DecodedRecord.Rejected rejected ->
                    throw new IllegalStateException("rejected: " + rejected);
        };
    }
}
