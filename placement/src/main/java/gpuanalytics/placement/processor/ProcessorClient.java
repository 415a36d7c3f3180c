package gpuanalytics.placement.processor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.model.source.ProcessorApi;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks the processor's API. An answer longer than the limit is none. */
public final class ProcessorClient implements ProcessorApi, AutoCloseable {

    /** 200,000 GPUs with all readings. */
    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * @param url where it answers, without a path, such as {@code http://localhost:8080}
     * @param timeout how long one answer may take
     */
    public ProcessorClient(String url, Duration timeout) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.timeout = timeout;
        client = HttpClient.newBuilder().connectTimeout(timeout).build();
    }

    @Override
    public JsonNode get(String target) throws BadInputException, InterruptedException {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create(url + target))
                            .timeout(timeout)
                            .header("accept", "application/json")
                            .build();
            var answer = client.send(request, BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw bad(target, "status " + answer.statusCode(), "200");
                }
                return JSON.readTree(bounded(target, body));
            }
        } catch (JsonProcessingException e) {
            throw bad(target, "no JSON", "the processor's answer");
        } catch (IOException e) {
            throw bad(target, e.getClass().getSimpleName(), "a processor that answers there");
        } catch (IllegalArgumentException e) {
            throw bad(target, "no URL", "http://host:port");
        }
    }

    private byte[] bounded(String target, InputStream body) throws IOException, BadInputException {
        var bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
        if (bytes.length > MAX_ANSWER_BYTES) {
            throw bad(target, "longer", "at most %d bytes".formatted(MAX_ANSWER_BYTES));
        }
        return bytes;
    }

    private BadInputException bad(String target, String value, String expected) {
        return new BadInputException(
                Printable.of("%s%s is %s, expected %s".formatted(url, target, value, expected)));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
