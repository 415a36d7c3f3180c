package gpuanalytics.producer.receive.http;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.Receipt;
import gpuanalytics.producer.receive.json.EventBody;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /v1/events}: events as JSON. 200 when all were accepted, 207 when some were, 400 when
 * none was; the answer says for each what has become of it.
 */
final class EventsEndpoint {

    static final String PATH = "/v1/events";

    private static final int ALL = 200;
    private static final int SOME = 207;
    private static final int NONE = 400;

    private final Door door;
    private final EventBody events;
    private final Bodies bodies;

    EventsEndpoint(Door door, EventBody events, Bodies bodies) {
        this.door = door;
        this.events = events;
        this.bodies = bodies;
    }

    Endpoint endpoint(int maxBytes) {
        return Endpoint.of(Endpoint.Method.POST, PATH, List.of(Json.MEDIA_TYPE), this::respond)
                .accepting(maxBytes, mediaTypes());
    }

    private static List<String> mediaTypes() {
        var types = new ArrayList<String>();
        types.add(EventBody.JSON);
        types.addAll(EventBody.LINES);
        types.add(EventBody.CLOUD_EVENT);
        types.add(EventBody.CLOUD_EVENTS);
        // what curl says of -d
        types.add("application/x-www-form-urlencoded");
        types.add("text/plain");
        return types;
    }

    private Answer respond(Endpoint.Request request) throws InterruptedException {
        try {
            return answer(
                    bodies.use(
                            request,
                            body ->
                                    door.tell(
                                            events.read(
                                                    request.contentType(),
                                                    request.headers(),
                                                    body))));
        } catch (BadRequestException e) {
            throw new ProblemException(Problem.of(400, "invalid-body", e.problem()));
        }
    }

    private static Answer answer(Receipt receipt) {
        int status = receipt.refused() == 0 ? ALL : receipt.accepted() == 0 ? NONE : SOME;
        return new Answer(
                status, Json.MEDIA_TYPE, Json.bytes(json -> write(json, receipt)), Map.of());
    }

    private static void write(JsonGenerator json, Receipt receipt) throws IOException {
        json.writeStartObject();
        json.writeNumberField("accepted", receipt.accepted());
        json.writeNumberField("refused", receipt.refused());
        json.writeArrayFieldStart("items");
        for (var refusal : receipt.refusals()) {
            write(json, refusal);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Optional<Rejected> refusal) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", refusal.isEmpty() ? "accepted" : "refused");
        if (refusal.isPresent()) {
            json.writeStringField("reason", refusal.get().reason().label());
            json.writeStringField("detail", refusal.get().detail());
        }
        json.writeEndObject();
    }
}
