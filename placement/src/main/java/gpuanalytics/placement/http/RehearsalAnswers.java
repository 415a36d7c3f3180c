package gpuanalytics.placement.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.queue.KeptRehearsal;
import gpuanalytics.placement.queue.RefusedOrderException;
import gpuanalytics.placement.queue.Rehearsals;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.ByteBudget;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import gpuanalytics.service.http.WorkGate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Answers {@code /placement/rehearsals}: takes orders, and tells what came of them. */
final class RehearsalAnswers {

    private static final String PATH = "/placement/rehearsals";

    /** How many orders are read at a time, each up to the largest body. */
    private static final int READ_AT_ONCE = 2;

    /** The cluster's history and its prices may be asked for within it. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(90);

    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private final Rehearsals rehearsals;
    private final Optional<ClusterHistory> cluster;
    private final PriceSource prices;

    RehearsalAnswers(Rehearsals rehearsals, Optional<ClusterHistory> cluster, PriceSource prices) {
        this.rehearsals = rehearsals;
        this.cluster = cluster;
        this.prices = prices;
    }

    /**
     * The endpoints.
     *
     * @param admission whose orders are taken
     */
    List<Endpoint> endpoints(Intake.Admission admission, HttpMetrics metrics) {
        var json = List.of(Json.MEDIA_TYPE);
        int maxBytes = rehearsals.limits().maxBytes();
        var bodies = new ByteBudget((long) READ_AT_ONCE * maxBytes);
        return List.of(
                Endpoint.of(Endpoint.Method.POST, PATH, json, this::take)
                        .accepting(maxBytes, json)
                        .through(new Intake(admission, bodies, Intake.OPEN.refusal()))
                        .behind(new WorkGate("order", READ_AT_ONCE, READ_TIMEOUT, metrics)),
                Endpoint.get(PATH, json, _ -> list()),
                Endpoint.get(
                        PATH + "/{id}",
                        json,
                        request -> Answer.ok(Json.MEDIA_TYPE, found(request).json())),
                Endpoint.get(
                        PATH + "/{id}/curves.svg",
                        List.of("image/svg+xml"),
                        request -> document(request, "image/svg+xml", KeptRehearsal::svg)),
                Endpoint.get(
                        PATH + "/{id}/curves.csv",
                        List.of("text/csv"),
                        request ->
                                document(
                                        request,
                                        "text/csv; charset=utf-8; header=present",
                                        KeptRehearsal::csv)));
    }

    private Answer take(Endpoint.Request request) throws InterruptedException {
        try {
            var body = new RehearsalBody(tree(request.body()), rehearsals.limits(), cluster);
            var taken = rehearsals.take(body.order(prices));
            return new Answer(
                    202,
                    Json.MEDIA_TYPE,
                    new Body.Bytes(taken.json()),
                    Map.of("location", PATH + "/" + taken.id()));
        } catch (BadInputException e) {
            throw new ProblemException(Problem.invalidBody(List.of(e.line())));
        } catch (RefusedOrderException e) {
            throw new ProblemException(
                    Problem.tooBusy(String.valueOf(e.getMessage()))
                            .withHeader("retry-after", "10"));
        }
    }

    private static JsonNode tree(byte[] body) throws BadInputException {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new BadInputException("body is no JSON, expected one JSON object");
        }
    }

    private Answer list() {
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeArrayFieldStart("rehearsals");
                            for (var rehearsal : rehearsals.latest()) {
                                json.writeStartObject();
                                rehearsal.writeHead(json);
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            json.writeEndObject();
                        }));
    }

    private KeptRehearsal found(Endpoint.Request request) {
        var id = request.path().getOrDefault("id", "");
        return rehearsals
                .find(id)
                .orElseThrow(
                        () ->
                                new ProblemException(
                                        Problem.notFound(
                                                "rehearsal %s is not kept, expected one of %s"
                                                        .formatted(shown(id), PATH))));
    }

    private static String shown(String id) {
        return id.length() > 80 ? id.substring(0, 80) + "…" : id;
    }

    private Answer document(
            Endpoint.Request request,
            String contentType,
            Function<KeptRehearsal, Optional<String>> part) {
        var rehearsal = found(request);
        var text =
                part.apply(rehearsal)
                        .orElseThrow(
                                () ->
                                        new ProblemException(
                                                Problem.of(
                                                        409,
                                                        "not-done",
                                                        "rehearsal %s is %s, expected one that is done"
                                                                .formatted(
                                                                        rehearsal.id(),
                                                                        rehearsal
                                                                                .status()
                                                                                .label()))));
        return Answer.ok(contentType, text.getBytes(UTF_8));
    }
}
