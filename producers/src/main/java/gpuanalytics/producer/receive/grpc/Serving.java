package gpuanalytics.producer.receive.grpc;

import gpuanalytics.service.lifecycle.Periodic;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What {@code grpc.health.v1.Health} says: that the door serves, but not while Kafka is away. Who
 * asks is told what holds then, who watches is told of a change within a second.
 */
final class Serving implements ServerInterceptor, AutoCloseable {

    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final List<String> NAMES =
            List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, IngestService.NAME);

    private final HealthStatusManager health = new HealthStatusManager();
    private final BooleanSupplier isAvailable;
    private final Periodic rounds;

    /**
     * @param isAvailable whether events are taken at present
     */
    Serving(BooleanSupplier isAvailable) {
        this.isAvailable = isAvailable;
        this.rounds = new Periodic("door-grpc-health", ROUND, this::look);
    }

    /** The service that answers. */
    ServerServiceDefinition service() {
        return ServerInterceptors.intercept(health.getHealthService(), this);
    }

    private void look() {
        var status = isAvailable.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        for (var name : NAMES) {
            health.setStatus(name, status);
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        look();
        return next.startCall(call, headers);
    }

    /** From now on it does not serve. */
    @Override
    public void close() {
        rounds.close();
        health.enterTerminalState();
    }
}
