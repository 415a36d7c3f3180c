package gpuanalytics.producer.receive.http;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.prometheus.RemoteWrite;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.util.List;
import java.util.Map;

/**
 * {@code POST /api/v1/write}: Prometheus' remote write, version 1. 204 when all is in Kafka; 400 is
 * not sent again, and what was good in such a request is in Kafka nevertheless; 503 is sent again.
 */
final class WriteEndpoint {

    private static final String PATH = "/api/v1/write";
    private static final String MESSAGE = "prometheus.WriteRequest";
    private static final int DONE = 204;

    private final RemoteWrite write;
    private final Bodies bodies;

    WriteEndpoint(RemoteWrite write, Bodies bodies) {
        this.write = write;
        this.bodies = bodies;
    }

    Endpoint endpoint(int maxBytes) {
        return Endpoint.of(Endpoint.Method.POST, PATH, List.of(Json.MEDIA_TYPE), this::respond)
                .accepting(maxBytes, List.of("application/x-protobuf"));
    }

    private Answer respond(Endpoint.Request request) throws InterruptedException {
        requireVersion1(request.headers().getOrDefault("content-type", ""));
        try {
            var refusal = bodies.useSnappy(request, write::tell);
            if (refusal.isPresent()) {
                throw new ProblemException(Problem.of(400, "refused-samples", refusal.get()));
            }
            return new Answer(DONE, Json.MEDIA_TYPE, new Body.Bytes(new byte[0]), Map.of());
        } catch (BadRequestException e) {
            throw new ProblemException(Problem.of(400, "invalid-body", e.problem()));
        }
    }

    /** Who gets 415 for version 2 goes on with version 1, whose message need not be named. */
    private static void requireVersion1(String contentType) {
        int proto = contentType.indexOf("proto=");
        if (proto >= 0 && !contentType.substring(proto + 6).strip().startsWith(MESSAGE)) {
            throw new ProblemException(
                    Problem.of(
                            415,
                            "unsupported-version",
                            "message of the body is not known, expected proto=" + MESSAGE));
        }
    }
}
