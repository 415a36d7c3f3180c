package gpuanalytics.bench.micro;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.bench.doors.Calls;
import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.otlp.BenchSpans;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A span from the bytes of a request of 100 to an event, and the event to the record's bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class OtlpDecode {

    private static final int SPANS = 100;

    private final BenchSpans spans = new BenchSpans();
    private byte[] request = new byte[0];
    private List<Told> items = List.of();

    @Setup
    public void prepare() throws InvalidProtocolBufferException, BadRequestException {
        request = new Calls(1, 1, SPANS, Instant.now()).otlp(1).toByteArray();
        items = spans.read(request);
        if (items.size() != SPANS || !items.stream().allMatch(Told.Fact.class::isInstance)) {
            throw new IllegalStateException("spans were refused");
        }
    }

    /** What protobuf takes of it. */
    @Benchmark
    @OperationsPerInvocation(SPANS)
    public Object parse() throws InvalidProtocolBufferException {
        return ExportTraceServiceRequest.parseFrom(request);
    }

    @Benchmark
    @OperationsPerInvocation(SPANS)
    public Object decode() throws InvalidProtocolBufferException, BadRequestException {
        return spans.read(request);
    }

    @Benchmark
    @OperationsPerInvocation(SPANS)
    public void encode(Blackhole hole) {
        for (var item : items) {
            if (item instanceof Told.Fact(var event, var refused)) {
                hole.consume(EventCodec.encode(event, refused));
            }
        }
    }
}
