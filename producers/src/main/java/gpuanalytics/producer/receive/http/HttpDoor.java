package gpuanalytics.producer.receive.http;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.OpenDoor;
import gpuanalytics.producer.receive.UnavailableException;
import gpuanalytics.producer.receive.json.EventBody;
import gpuanalytics.producer.receive.otlp.Otlp;
import gpuanalytics.producer.receive.prometheus.RemoteWrite;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.Routes;
import gpuanalytics.service.http.WorkGate;
import gpuanalytics.service.lifecycle.Closing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The door for HTTP. */
public final class HttpDoor implements OpenDoor {

    /** A request is read, sent and, where Kafka takes no record as large, sent again cut. */
    private static final int ROUNDS = 3;

    private final Door door;
    private final HttpListener listener;
    private final String address;

    private HttpDoor(Door door, HttpListener listener, String host) {
        this.door = door;
        this.listener = listener;
        this.address = "%s:%d".formatted(host, listener.port());
    }

    /**
     * Opens it.
     *
     * @throws gpuanalytics.service.config.ConfigurationException where it cannot listen
     */
    public static HttpDoor open(
            DoorSettings settings,
            Door door,
            BearerTokens tokens,
            Otlp otlp,
            Clock clock,
            MeterRegistry registry) {
        var metrics = new HttpMetrics(registry, "door");
        var endpoints = endpoints(settings, door, tokens, otlp, clock, metrics);
        var routes = new Routes(endpoints, HttpDoor::problem, Routes.of(endpoints).expectedPath());
        return new HttpDoor(
                door, HttpListener.start(settings.http(), routes, metrics), settings.http().host());
    }

    private static List<Endpoint> endpoints(
            DoorSettings settings,
            Door door,
            BearerTokens tokens,
            Otlp otlp,
            Clock clock,
            HttpMetrics metrics) {
        var limits = settings.limits();
        var gate =
                new WorkGate(
                        "door",
                        limits.maxRequests(),
                        limits.ackTimeout().multipliedBy(ROUNDS),
                        metrics);
        door.show(gate, limits.maxRequests(), WorkGate::running, WorkGate::refusals);
        var bodies = new Bodies(limits.maxMessageBytes(), door.budget());
        var events = new EventBody(new EventCodec(settings.events()), limits.maxItems(), clock);
        var endpoints = new ArrayList<Endpoint>();
        endpoints.add(
                new EventsEndpoint(door, events, bodies)
                        .endpoint(limits.maxMessageBytes())
                        .behind(gate)
                        .through(intake(tokens, door, Intake.OPEN.refusal())));
        for (var endpoint : new OtlpEndpoints(otlp, bodies).endpoints(limits.maxMessageBytes())) {
            endpoints.add(
                    endpoint.behind(gate).through(intake(tokens, door, OtlpEndpoints::refusal)));
        }
        endpoints.add(
                new WriteEndpoint(RemoteWrite.of(settings, door, clock), bodies)
                        .endpoint(limits.maxMessageBytes())
                        .behind(gate)
                        .through(intake(tokens, door, Intake.OPEN.refusal())));
        return endpoints;
    }

    private static Intake intake(BearerTokens tokens, Door door, Intake.Refusal refusal) {
        return new Intake(
                headers -> tokens.require(headers, "opens this door"), door.budget(), refusal);
    }

    private static Optional<Problem> problem(Throwable failure) {
        return failure instanceof UnavailableException away
                ? Optional.of(
                        Problem.of(503, "unavailable", String.valueOf(away.getMessage()))
                                .withHeader(
                                        "retry-after",
                                        Long.toString(away.retryAfter().toSeconds())))
                : Optional.empty();
    }

    @Override
    public int port() {
        return listener.port();
    }

    @Override
    public HealthReport.Part part() {
        return door.part(address);
    }

    /** What is being told has a short time to be acknowledged. */
    @Override
    public void close() {
        Closing.inOrder(door, listener);
    }
}
