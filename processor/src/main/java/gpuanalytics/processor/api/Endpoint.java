package gpuanalytics.processor.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One path of the API, answered for GET and HEAD.
 *
 * @param path the path as in {@code openapi.yaml}, such as {@code /gpus/{id}/series}
 * @param mediaTypes what it can answer with, the default first
 * @param parameters the query parameters it knows
 * @param gate what bounds its work; null for an answer that is at hand
 * @param responder makes the answer
 */
record Endpoint(
        String path,
        List<String> mediaTypes,
        List<String> parameters,
        @Nullable WorkGate gate,
        Responder responder) {

    /** Makes the answer to a request; blocks only behind a gate. */
    interface Responder {
        Answer respond(Request request);
    }

    /**
     * A request whose parameters' names are known and whose wishes can be met.
     *
     * @param mediaType one of the endpoint's media types
     * @param path the values in the path, by name
     * @param query the query's parameters
     */
    record Request(String mediaType, Map<String, String> path, QueryParameters query) {}
}
