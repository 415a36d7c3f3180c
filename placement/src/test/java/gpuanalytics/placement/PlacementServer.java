package gpuanalytics.placement;

import gpuanalytics.service.config.EnvironmentReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A server of this process on a free port, and a client of it. */
final class PlacementServer implements AutoCloseable {

    private final Placement placement;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Starts with these variables beside {@code HTTP_PORT}. */
    PlacementServer(Map<String, String> variables) {
        var all = new HashMap<>(variables);
        all.put("HTTP_PORT", "0");
        var reader = new EnvironmentReader(all);
        var config = PlacementConfig.read(reader);
        reader.check();
        placement = Placement.start(config);
    }

    String url(String path) {
        return "http://127.0.0.1:%d%s".formatted(placement.port(), path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> order(String body, String... headers)
            throws IOException, InterruptedException {
        var request =
                request("/placement/rehearsals")
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofMinutes(2));
    }

    @Override
    public void close() {
        client.shutdownNow();
        placement.close();
    }
}
