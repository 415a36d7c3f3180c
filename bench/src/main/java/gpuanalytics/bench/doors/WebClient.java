package gpuanalytics.bench.doors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.bench.doors.LoadOptions.Target;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The door for HTTP: OTLP in protobuf, or events in JSON. */
final class WebClient implements DoorClient {

    private static final Set<Integer> AGAIN = Set.of(429, 502, 503, 504);
    private static final int MOST_OF_A_REASON = 300;

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest.Builder request;
    private final Calls calls;
    private final boolean isOtlp;

    /**
     * A client of a door.
     *
     * @param isOtlp whether it sends spans, or else events
     */
    WebClient(Target target, Calls calls, LoadOptions options, boolean isOtlp) {
        this.calls = calls;
        this.isOtlp = isOtlp;
        var path = isOtlp ? "/v1/traces" : "/v1/events";
        this.request =
                HttpRequest.newBuilder(URI.create("http://" + target + path))
                        .version(HttpClient.Version.HTTP_1_1)
                        .timeout(options.timeout())
                        .header(
                                "content-type",
                                isOtlp ? "application/x-protobuf" : "application/json");
        options.token().ifPresent(token -> request.header("authorization", "Bearer " + token));
    }

    @Override
    public Answer tell(long call) throws InterruptedException {
        var body = isOtlp ? calls.otlp(call).toByteArray() : calls.events(call);
        try {
            return answer(
                    http.send(
                            request.copy().POST(BodyPublishers.ofByteArray(body)).build(),
                            BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            return new Answer.ComeAgain(e.toString(), Optional.empty());
        }
    }

    private Answer answer(HttpResponse<byte[]> response) throws InvalidProtocolBufferException {
        if (AGAIN.contains(response.statusCode())) {
            return new Answer.ComeAgain(
                    "status " + response.statusCode(),
                    response.headers()
                            .firstValue("retry-after")
                            .filter(text -> text.matches("[0-9]{1,4}"))
                            .map(text -> Duration.ofSeconds(Long.parseLong(text))));
        }
        if (response.statusCode() != 200) {
            var body = new String(response.body(), UTF_8);
            return new Answer.Refused(
                    "status %d: %s"
                            .formatted(
                                    response.statusCode(),
                                    body.substring(0, Math.min(body.length(), MOST_OF_A_REASON))));
        }
        if (!isOtlp) {
            return new Answer.Acknowledged("");
        }
        var partial = ExportTraceServiceResponse.parseFrom(response.body()).getPartialSuccess();
        return partial.getRejectedSpans() > 0
                ? new Answer.Refused(partial.getErrorMessage())
                : new Answer.Acknowledged(partial.getErrorMessage());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
