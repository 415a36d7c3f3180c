package gpuanalytics.producer.receive.http;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.DoorTokens;
import gpuanalytics.producer.receive.OpenDoor;
import gpuanalytics.producer.receive.UnavailableException;
import gpuanalytics.producer.receive.json.EventBody;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import gpuanalytics.service.http.Routes;
import gpuanalytics.service.http.WorkGate;
import gpuanalytics.service.lifecycle.Closing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
            DoorTokens tokens,
            Clock clock,
            MeterRegistry registry) {
        var metrics = new HttpMetrics(registry, "door");
        var gate =
                new WorkGate(
                        "door",
                        settings.maxRequests(),
                        settings.ackTimeout().multipliedBy(ROUNDS),
                        metrics);
        var intake =
                new Intake(headers -> admit(tokens, headers), door.budget(), Intake.OPEN.refusal());
        var bodies = new Bodies(settings.maxMessageBytes(), door.budget());
        var events = new EventBody(new EventCodec(settings.limits()), settings.maxItems(), clock);
        List<Endpoint> endpoints =
                List.of(
                        new EventsEndpoint(door, events, bodies)
                                .endpoint(settings.maxMessageBytes())
                                .behind(gate)
                                .through(intake));
        var routes = new Routes(endpoints, HttpDoor::problem, Routes.of(endpoints).expectedPath());
        return new HttpDoor(
                door, HttpListener.start(settings.http(), routes, metrics), settings.http().host());
    }

    private static void admit(DoorTokens tokens, Map<String, String> headers) {
        if (!tokens.admit(headers.get("authorization"))) {
            throw new ProblemException(
                    Problem.of(
                                    401,
                                    "unauthorized",
                                    "the request has no token that opens this door, expected"
                                            + " Authorization: Bearer …")
                            .withHeader("www-authenticate", "Bearer"));
        }
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
