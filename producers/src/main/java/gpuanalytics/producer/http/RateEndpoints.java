package gpuanalytics.producer.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import gpuanalytics.producer.source.RateControl;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Endpoint.Method;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import gpuanalytics.service.http.WorkGate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /rate}: GET tells the live rate, PUT changes it. */
final class RateEndpoints {

    private static final Logger LOG = LoggerFactory.getLogger(RateEndpoints.class);

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_BODY_BYTES = 1024;
    private static final int MAX_CONCURRENT_CHANGES = 2;

    /** Longer than Kafka may take to acknowledge a change, and this replica to follow it. */
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(25);

    /** A number or an object, whatever a client calls it: the last one is what curl says of -d. */
    private static final List<String> BODY_TYPES =
            List.of(Json.MEDIA_TYPE, "text/plain", "application/x-www-form-urlencoded");

    private final Optional<RateControl> control;

    private RateEndpoints(Optional<RateControl> control) {
        this.control = control;
    }

    static List<Endpoint> of(Optional<RateControl> control, HttpMetrics metrics) {
        var rate = new RateEndpoints(control);
        var gate = new WorkGate("rate", MAX_CONCURRENT_CHANGES, CHANGE_TIMEOUT, metrics);
        var json = List.of(Json.MEDIA_TYPE);
        return List.of(
                Endpoint.get("/rate", json, _ -> answer(rate.control())),
                Endpoint.of(Method.PUT, "/rate", json, rate::change)
                        .accepting(MAX_BODY_BYTES, BODY_TYPES)
                        .behind(gate));
    }

    private RateControl control() {
        return control.orElseThrow(
                () ->
                        new ProblemException(
                                Problem.of(
                                        409,
                                        "no-rate",
                                        "no source of this process has a rate, expected synthetic"
                                                + " among its sources")));
    }

    private Answer change(Endpoint.Request request) throws InterruptedException {
        var rate = control();
        double wanted = wanted(request.body(), rate.leastRate());
        try {
            rate.change(wanted);
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(503, "rate-not-changed", String.valueOf(e.getMessage()))
                            .withHeader("retry-after", "5"));
        }
        LOG.atInfo().addKeyValue("rate", wanted).log("rate changed");
        return answer(rate);
    }

    private static Answer answer(RateControl control) {
        var rate = control.rate();
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeNumberField("rate", rate.rate());
                            json.writeNumberField("share", rate.share());
                            json.writeNumberField("shards", rate.shards());
                            json.writeNumberField("shards_total", rate.shardsTotal());
                            json.writeEndObject();
                        }));
    }

    private static double wanted(byte[] body, double least) {
        var number = number(body);
        if (number.isPresent()
                && number.getAsDouble() >= least
                && number.getAsDouble() <= RateControl.MAX_RATE) {
            return number.getAsDouble();
        }
        throw new ProblemException(
                Problem.invalidBody(
                        "rate",
                        number.isPresent() ? Double.toString(number.getAsDouble()) : "no number",
                        "{\"rate\": N} with N from %s to %.0f"
                                .formatted(least, RateControl.MAX_RATE)));
    }

    /** The number in a body that is a number or an object with the field {@code rate}. */
    private static OptionalDouble number(byte[] body) {
        try (var json = JSON.createParser(body)) {
            var token = json.nextToken();
            if (token == JsonToken.START_OBJECT) {
                if (!"rate".equals(json.nextFieldName())) {
                    return OptionalDouble.empty();
                }
                token = json.nextToken();
            }
            return token != null && token.isNumeric()
                    ? OptionalDouble.of(json.getDoubleValue())
                    : OptionalDouble.empty();
        } catch (IOException ignored) {
            return OptionalDouble.empty(); // answered with what was expected
        }
    }
}
