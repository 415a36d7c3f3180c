package gpuanalytics.service.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One path with one method. GET answers HEAD too; OPTIONS and wrong methods are answered for it.
 *
 * @param method the method
 * @param path such as {@code /gpus/{id}/series}; {@code /files/*} is all that lies below, whose
 *     rest is the path value {@code *}
 * @param body what body a request may have
 * @param produces media types that it can answer with, the default first
 * @param parameters the query parameters it knows
 * @param headers headers of every answer of its own, over the usual ones
 * @param gate what bounds its work; null for an answer that is at hand
 * @param intake how it takes requests in
 * @param responder makes the answer
 */
public record Endpoint(
        Method method,
        String path,
        AcceptedBody body,
        List<String> produces,
        List<String> parameters,
        Map<String, String> headers,
        @Nullable WorkGate gate,
        Intake intake,
        Responder responder) {

    /** What can be done with a path. */
    public enum Method {
        GET,
        PUT,
        POST,
        PATCH,
        DELETE
    }

    /**
     * What body a request may have.
     *
     * @param mediaTypes those that it may have, the one that holds where the request names none
     *     first; empty where the endpoint takes no body
     * @param maxBytes the largest that is taken
     */
    public record AcceptedBody(List<String> mediaTypes, int maxBytes) {

        /** No body is taken. */
        static final AcceptedBody NONE = new AcceptedBody(List.of(), 0);

        public AcceptedBody {
            mediaTypes = List.copyOf(mediaTypes);
            if (mediaTypes.isEmpty() != (maxBytes == 0)) {
                throw new IllegalArgumentException(
                        "a body is %s of at most %d bytes, expected both or neither"
                                .formatted(mediaTypes, maxBytes));
            }
        }
    }

    /** Makes the answer to a request; blocks only behind a gate. */
    public interface Responder {

        /**
         * Makes the answer.
         *
         * @throws ProblemException where there is none
         */
        Answer respond(Request request) throws IOException, InterruptedException;
    }

    /**
     * A request whose wishes can be met: media types, size of the body and the names of its
     * parameters have been checked.
     *
     * @param mediaType one of the endpoint's media types
     * @param path the values in the path, by name
     * @param query the query's parameters, each with its values in their order
     * @param contentType the body's media type; empty where the endpoint takes no body
     * @param headers its headers by name in lower case; of several with one name the last
     * @param body the body; empty where the endpoint takes none
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Request(
            String mediaType,
            Map<String, String> path,
            Map<String, List<String>> query,
            String contentType,
            Map<String, String> headers,
            byte[] body) {}

    public Endpoint {
        produces = List.copyOf(produces);
        parameters = List.copyOf(parameters);
        headers = Map.copyOf(headers);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path is %s, expected a leading /".formatted(path));
        }
        if (produces.isEmpty()) {
            throw new IllegalArgumentException(path + " produces nothing, expected a media type");
        }
    }

    /** An endpoint without a body, parameters and gate. */
    public static Endpoint of(
            Method method, String path, List<String> produces, Responder responder) {
        return new Endpoint(
                method,
                path,
                AcceptedBody.NONE,
                produces,
                List.of(),
                Map.of(),
                null,
                Intake.OPEN,
                responder);
    }

    /** What answers GET and HEAD. */
    public static Endpoint get(String path, List<String> produces, Responder responder) {
        return of(Method.GET, path, produces, responder);
    }

    /** A file of the class path: always the same answer. */
    public static Endpoint file(String path, String contentType, String resource) {
        var answer = Answer.ok(contentType, Resource.read(resource));
        return get(path, List.of(contentType.replaceFirst(";.*", "")), _ -> answer);
    }

    /** The same with a body of at most so many bytes. */
    public Endpoint accepting(int maxBytes, List<String> mediaTypes) {
        var accepted = new AcceptedBody(mediaTypes, maxBytes);
        return new Endpoint(
                method, path, accepted, produces, parameters, headers, gate, intake, responder);
    }

    /** The same with query parameters. */
    public Endpoint taking(List<String> names) {
        return new Endpoint(method, path, body, produces, names, headers, gate, intake, responder);
    }

    /** The same with headers of its own. */
    public Endpoint with(Map<String, String> own) {
        return new Endpoint(method, path, body, produces, parameters, own, gate, intake, responder);
    }

    /** The same with bounded work. */
    public Endpoint behind(WorkGate bound) {
        return new Endpoint(
                method, path, body, produces, parameters, headers, bound, intake, responder);
    }

    /** The same with another way to take requests in. */
    public Endpoint through(Intake way) {
        return new Endpoint(
                method, path, body, produces, parameters, headers, gate, way, responder);
    }
}
