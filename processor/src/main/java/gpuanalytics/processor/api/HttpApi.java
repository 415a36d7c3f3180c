package gpuanalytics.processor.api;

import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.dashboard.StateStream;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.ChangeAdmission;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Routes;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/**
 * The HTTP interface of the processor: from when {@link #start} returns until {@link #close} it
 * answers what {@code openapi.yaml} says.
 */
public final class HttpApi implements AutoCloseable {

    private final HttpListener listener;
    private final StateStream stream;
    private final List<Endpoint> endpoints;

    private HttpApi(HttpListener listener, StateStream stream, List<Endpoint> endpoints) {
        this.listener = listener;
        this.stream = stream;
        this.endpoints = endpoints;
    }

    /**
     * Starts to listen.
     *
     * @param state answers at once, and so does the health in it: it is asked on the event loop
     * @throws ConfigurationException when it cannot listen, in one line that names the variable
     */
    public static HttpApi start(
            HttpConfig config,
            ApiSources sources,
            Supplier<PipelineState> state,
            PrometheusMeterRegistry registry) {
        return start(config, sources, state, registry, Clock.systemUTC());
    }

    static HttpApi start(
            HttpConfig config,
            ApiSources sources,
            Supplier<PipelineState> state,
            PrometheusMeterRegistry registry,
            Clock clock) {
        Supplier<HealthReport> health = () -> state.get().health();
        var metrics = new HttpMetrics(registry, "processor");
        var stream = new StateStream(state);
        var endpoints =
                Endpoints.of(
                        config, stream, sources, changes(config), health, registry, metrics, clock);
        var problems = new QuestionProblems(health);
        var routes = new Routes(endpoints, problems::of, HttpApi::expectedPath);
        return new HttpApi(HttpListener.start(config.listen(), routes, metrics), stream, endpoints);
    }

    private static Intake.Admission changes(HttpConfig config) {
        try {
            return new ChangeAdmission(
                    config.listen(), new BearerTokens(config.tokens()), HttpConfig.TOKENS_FILE);
        } catch (IOException e) {
            throw new ConfigurationException(
                    List.of(
                            "%s cannot be read: %s"
                                    .formatted(HttpConfig.TOKENS_FILE, e.getMessage())));
        }
    }

    private static String expectedPath(String path) {
        return path.startsWith("/gpus/")
                ? "/gpus/{id}/series, where a slash in the id is written %2F, or"
                        + " /gpus/series?gpu={id}"
                : "a path of /openapi.yaml";
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /** What is routed, for comparison with the contract. */
    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** Takes no new requests and gives those that are being answered a short time to end. */
    @Override
    public void close() {
        stream.close();
        listener.close();
    }
}
