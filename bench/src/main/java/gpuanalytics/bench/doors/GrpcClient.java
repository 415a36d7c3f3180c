package gpuanalytics.bench.doors;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import gpuanalytics.bench.doors.LoadOptions.Target;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** OTLP over gRPC, by several connections: each takes a limited number of calls at a time. */
final class GrpcClient implements DoorClient {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** What OTLP tells a client to send again; RESOURCE_EXHAUSTED only where a time is given. */
    private static final Set<Status.Code> AGAIN =
            EnumSet.of(
                    Status.Code.CANCELLED,
                    Status.Code.DEADLINE_EXCEEDED,
                    Status.Code.ABORTED,
                    Status.Code.OUT_OF_RANGE,
                    Status.Code.UNAVAILABLE,
                    Status.Code.DATA_LOSS);

    private final Calls calls;
    private final Duration timeout;
    private final List<ManagedChannel> channels;
    private final List<TraceServiceBlockingStub> stubs;

    GrpcClient(Target target, Calls calls, LoadOptions options) {
        this.calls = calls;
        this.timeout = options.timeout();
        this.channels =
                Stream.generate(() -> channel(target)).limit(options.connections()).toList();
        this.stubs = channels.stream().map(channel -> stub(channel, options.token())).toList();
    }

    private static ManagedChannel channel(Target target) {
        return NettyChannelBuilder.forAddress(target.host(), target.port())
                .usePlaintext()
                .maxInboundMetadataSize(1 << 16)
                .build();
    }

    private static TraceServiceBlockingStub stub(ManagedChannel channel, Optional<String> token) {
        var stub = TraceServiceGrpc.newBlockingStub(channel);
        if (token.isEmpty()) {
            return stub;
        }
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token.get());
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public Answer tell(long call) {
        var stub = stubs.get((int) (call % stubs.size()));
        try {
            var response =
                    stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                            .export(calls.otlp(call));
            var partial = response.getPartialSuccess();
            return partial.getRejectedSpans() > 0
                    ? new Answer.Refused(partial.getErrorMessage())
                    : new Answer.Acknowledged(partial.getErrorMessage());
        } catch (StatusRuntimeException e) {
            return failed(e);
        }
    }

    private static Answer failed(StatusRuntimeException e) {
        var after = retryAfter(e);
        var code = e.getStatus().getCode();
        var reason = "%s: %s".formatted(code, e.getStatus().getDescription());
        return AGAIN.contains(code) || (code == Status.Code.RESOURCE_EXHAUSTED && after.isPresent())
                ? new Answer.ComeAgain(reason, after)
                : new Answer.Refused(reason);
    }

    private static Optional<Duration> retryAfter(StatusRuntimeException e) {
        var status = StatusProto.fromThrowable(e);
        if (status == null) {
            return Optional.empty();
        }
        for (var detail : status.getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                try {
                    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                    return Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
                } catch (InvalidProtocolBufferException _) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
