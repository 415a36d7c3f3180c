package gpuanalytics.service.http;

import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param contentType the body's media type with its parameters
 * @param body the body
 * @param headers further headers
 */
public record Answer(int status, String contentType, Body body, Map<String, String> headers) {

    public Answer {
        headers = Map.copyOf(headers);
    }

    public static Answer ok(String contentType, Body body) {
        return new Answer(200, contentType, body, Map.of());
    }

    public static Answer ok(String contentType, byte[] body) {
        return ok(contentType, new Body.Bytes(body));
    }
}
