package gpuanalytics.producer.receive.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.UnavailableException;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a call ends that cannot be answered. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /**
     * What its client is told.
     *
     * @param message what its messages are to be
     */
    static Throwable told(Exception failure, String message) {
        return switch (failure) {
            case InvalidProtocolBufferException e ->
                    invalid("request is not %s in protobuf: %s".formatted(message, e.getMessage()));
            case BadRequestException e -> invalid(e.problem());
            case UnavailableException e ->
                    Retry.exception(String.valueOf(e.getMessage()), e.retryAfter());
            case InterruptedException _ -> {
                Thread.currentThread().interrupt();
                yield Status.CANCELLED.withDescription("the call has ended").asRuntimeException();
            }
            default -> {
                LOG.atError().setCause(failure).log("call failed");
                yield Status.INTERNAL
                        .withDescription("the call failed, the log says why")
                        .asRuntimeException();
            }
        };
    }

    private static RuntimeException invalid(String problem) {
        return Status.INVALID_ARGUMENT.withDescription(problem).asRuntimeException();
    }
}
