package gpuanalytics.placement.http;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Routes;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The HTTP interface: answers what {@link Endpoints} lists, until {@link #close}. */
public final class PlacementHttp implements AutoCloseable {

    private final HttpListener listener;

    private PlacementHttp(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * Starts to listen.
     *
     * @throws ConfigurationException if the address cannot be listened on or the tokens cannot be
     *     read
     */
    public static PlacementHttp start(
            HttpConfig config, Parts parts, PrometheusMeterRegistry registry) {
        var metrics = new HttpMetrics(registry, "placement");
        var endpoints = Endpoints.of(parts, config.admission(), registry, metrics);
        return new PlacementHttp(
                HttpListener.start(config.listen(), Routes.of(endpoints), metrics));
    }

    public int port() {
        return listener.port();
    }

    @Override
    public void close() {
        listener.close();
    }
}
