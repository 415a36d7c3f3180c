package gpuanalytics.placement.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.service.http.Endpoint;
import java.util.Map;

/** Requests as they reach a responder. */
public final class TestRequests {

    private static final String JSON = "application/json";

    private TestRequests() {}

    /** One with a body of JSON. */
    public static Endpoint.Request json(String body) {
        return new Endpoint.Request(JSON, Map.of(), Map.of(), JSON, Map.of(), body.getBytes(UTF_8));
    }
}
