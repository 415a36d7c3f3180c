package gpuanalytics.producer.receive.grpc;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.GrpcSettings;
import gpuanalytics.producer.receive.OpenDoor;
import gpuanalytics.producer.receive.json.EventBody;
import gpuanalytics.producer.receive.otlp.Otlp;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.lifecycle.Periodic;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The door for gRPC. Calls run on virtual threads, for they wait for Kafka; how many may be under
 * way is decided before a call's message is read. Connections end after a while, so that clients
 * spread over replicas that were added.
 */
public final class GrpcDoor implements OpenDoor {

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int CLOSE_SECONDS = 2;
    private static final int IDLE_MINUTES = 5;
    private static final int KEEP_ALIVE_SECONDS = 10;

    private final Door door;
    private final Server server;
    private final Serving health;
    private final ExecutorService threads;
    private final Periodic sweep;
    private final String address;

    private GrpcDoor(
            Door door,
            Server server,
            Serving health,
            ExecutorService threads,
            OpenCalls calls,
            String host) {
        this.door = door;
        this.server = server;
        this.health = health;
        this.threads = threads;
        this.sweep = new Periodic("door-grpc-calls", OpenCalls.ROUND, calls::sweep);
        this.address = "%s:%d".formatted(host, server.getPort());
    }

    /**
     * Opens it.
     *
     * @throws ConfigurationException where it cannot listen
     */
    public static GrpcDoor open(
            DoorSettings settings, Door door, BearerTokens tokens, Otlp otlp, Clock clock) {
        var health = new Serving(() -> door.unavailable().isEmpty());
        var threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("door-grpc-", 0).factory());
        var calls =
                new OpenCalls(
                        settings.limits().maxRequests(),
                        door.budget(),
                        settings.grpc().messageTimeout(),
                        door::countSlow);
        door.show(calls, settings.limits().maxRequests(), OpenCalls::taken, OpenCalls::turnedAway);
        var admission = new Admission(tokens, calls, threads);
        var builder = builder(settings, threads).addService(health.service());
        for (var service : OtlpServices.of(otlp)) {
            builder.addService(ServerInterceptors.intercept(service, admission));
        }
        var ingest = ingest(settings, door, clock);
        builder.addService(ServerInterceptors.intercept(ingest, admission));
        builder.addService(
                ServerInterceptors.intercept(ProtoReflectionServiceV1.newInstance(), admission));
        try {
            var server = builder.build().start();
            return new GrpcDoor(door, server, health, threads, calls, settings.grpc().host());
        } catch (IOException e) {
            health.close();
            threads.close();
            throw unusable(settings.grpc(), e);
        }
    }

    private static ServerServiceDefinition ingest(DoorSettings settings, Door door, Clock clock) {
        int mostItems = settings.limits().maxItems();
        var events = new EventBody(new EventCodec(settings.events()), mostItems, clock);
        return new IngestService(door, events, mostItems).definition();
    }

    private static NettyServerBuilder builder(DoorSettings settings, Executor threads) {
        var grpc = settings.grpc();
        var builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(grpc.host(), grpc.port()))
                        .maxInboundMessageSize(settings.limits().maxMessageBytes())
                        .maxInboundMetadataSize(MAX_HEADER_BYTES)
                        .maxConcurrentCallsPerConnection(grpc.maxStreams())
                        .maxConnectionAge(grpc.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionAgeGrace(
                                settings.limits().ackTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
                        .permitKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .directExecutor()
                        .callExecutor(unlessQuick(threads));
        settings.http()
                .tls()
                .ifPresent(
                        files ->
                                builder.useTransportSecurity(
                                        files.certificate().toFile(), files.key().toFile()));
        return builder;
    }

    /**
     * A plain message of a call that has one is only copied: that is done on the event loop, and
     * {@link Admission} goes on elsewhere. A stream's messages are waited for, and compressed ones
     * take work.
     */
    private static ServerCallExecutorSupplier unlessQuick(Executor threads) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
                var encoding = headers.get(ENCODING);
                boolean isPlain = encoding == null || encoding.equals("identity");
                return isPlain && call.getMethodDescriptor().getType().clientSendsOneMessage()
                        ? null
                        : threads;
            }
        };
    }

    private static ConfigurationException unusable(GrpcSettings settings, IOException e) {
        var cause = e.getCause() == null ? e : e.getCause();
        return new ConfigurationException(
                List.of(
                        "DOOR_GRPC_PORT is %d, expected a free port of %s (DOOR_GRPC_HOST; 0 takes one): %s"
                                .formatted(settings.port(), settings.host(), cause.getMessage())));
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public HealthReport.Part part() {
        return door.part(address);
    }

    /** What is being told has a short time to be acknowledged. */
    @Override
    public void close() {
        door.close();
        health.close();
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
                var _ = server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        sweep.close();
        threads.shutdownNow();
    }
}
