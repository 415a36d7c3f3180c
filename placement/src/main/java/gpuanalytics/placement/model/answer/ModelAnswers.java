package gpuanalytics.placement.model.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.ObservationStore.Taken;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Answers {@code GET /placement/models} and {@code POST /placement/feedback}. */
public final class ModelAnswers {

    static final int MAX_BODY_BYTES = 4 << 20;
    static final int MAX_OBSERVATIONS = 5000;

    private static final int MAX_FAULTS = 20;
    private static final String OBSERVATIONS = "observations";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelKeeper keeper;
    private final ObservationStore store;
    private final ModelSettings settings;

    public ModelAnswers(ModelKeeper keeper, ObservationStore store, ModelSettings settings) {
        this.keeper = keeper;
        this.store = store;
        this.settings = settings;
    }

    /**
     * Both endpoints.
     *
     * @param changes who may tell what happened: it decides what serves
     */
    public List<Endpoint> endpoints(Intake changes) {
        return List.of(
                Endpoint.get("/placement/models", List.of(Json.MEDIA_TYPE), _ -> models()),
                Endpoint.of(
                                Endpoint.Method.POST,
                                "/placement/feedback",
                                List.of(Json.MEDIA_TYPE),
                                this::feedback)
                        .accepting(MAX_BODY_BYTES, List.of(Json.MEDIA_TYPE))
                        .through(changes));
    }

    private Answer models() {
        return Answer.ok(Json.MEDIA_TYPE, Json.bytes(this::write));
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("nominal_coverage", settings.nominal());
        json.writeNumberField(OBSERVATIONS, store.size());
        json.writeNumberField("forgotten_observations", store.forgotten());
        json.writeArrayFieldStart("targets");
        for (var state : keeper.states()) {
            StateJson.write(json, state);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private Answer feedback(Endpoint.Request request) {
        var observations = read(request.body());
        var taken = new EnumMap<Taken, Integer>(Taken.class);
        for (var seen : observations) {
            taken.merge(store.add(seen), 1, Integer::sum);
        }
        return Answer.ok(Json.MEDIA_TYPE, Json.bytes(json -> write(json, taken)));
    }

    private static void write(JsonGenerator json, Map<Taken, Integer> taken) throws IOException {
        json.writeStartObject();
        for (var kind : Taken.values()) {
            json.writeNumberField(
                    kind.name().toLowerCase(Locale.ROOT), taken.getOrDefault(kind, 0));
        }
        json.writeEndObject();
    }

    /** All of them or none: who tells it again after a fault must not wonder what was taken. */
    private List<Observation> read(byte[] body) {
        var list = tree(body).path(OBSERVATIONS);
        if (!list.isArray() || list.size() > MAX_OBSERVATIONS) {
            throw refused(
                    List.of(
                            "observations is %s, expected a list of at most %d"
                                    .formatted(
                                            list.isArray()
                                                    ? "a list of " + list.size()
                                                    : list.getNodeType()
                                                            .name()
                                                            .toLowerCase(Locale.ROOT),
                                            MAX_OBSERVATIONS)));
        }
        var observations = new ArrayList<Observation>();
        var faults = new ArrayList<String>();
        for (var each : list) {
            try {
                var seen = FeedbackBody.read(each);
                store.check(seen);
                observations.add(seen);
            } catch (IllegalArgumentException e) {
                int number = observations.size() + faults.size();
                faults.add("observations[%d]: %s".formatted(number, e.getMessage()));
            }
            if (faults.size() == MAX_FAULTS) {
                break;
            }
        }
        if (!faults.isEmpty()) {
            throw refused(faults);
        }
        return observations;
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw refused(
                    List.of(
                            "body is not JSON at line %d, expected an object with observations"
                                    .formatted(e.getLocation().getLineNr())));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    private static ProblemException refused(List<String> faults) {
        return new ProblemException(Problem.invalidBody(faults));
    }
}
