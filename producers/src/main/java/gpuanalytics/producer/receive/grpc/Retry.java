package gpuanalytics.producer.receive.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;

/** UNAVAILABLE with the time to wait, as OTLP's clients understand it. */
final class Retry {

    private Retry() {}

    static Status status(String why) {
        return Status.UNAVAILABLE.withDescription(why);
    }

    /** The trailers that say when to come again. */
    static Metadata after(java.time.Duration wait) {
        return Objects.requireNonNull(exception("", wait).getTrailers());
    }

    static StatusRuntimeException exception(String why, java.time.Duration wait) {
        var info =
                RetryInfo.newBuilder()
                        .setRetryDelay(
                                Duration.newBuilder()
                                        .setSeconds(wait.toSeconds())
                                        .setNanos(wait.toNanosPart()))
                        .build();
        return StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                        .setCode(Code.UNAVAILABLE_VALUE)
                        .setMessage(why)
                        .addDetails(Any.pack(info))
                        .build());
    }
}
