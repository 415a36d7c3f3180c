package gpuanalytics.service.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks Kubernetes' API with the service account of our own pod. Any thread may ask. */
public final class KubernetesApi {

    static final Duration ANSWER = Duration.ofSeconds(30);

    private static final int OK = 200;
    private static final int GONE = 410;
    private static final int MAX_ANSWER_CHARS = 300;

    private final KubernetesAccess access;
    private @Nullable HttpClient client;

    public KubernetesApi(KubernetesAccess access) {
        this.access = access;
    }

    /**
     * What the API has answered.
     *
     * @param status the HTTP status
     * @param message what it says of itself where it refuses, in one line
     */
    public record Reply(int status, String message) {

        /** Whether it has done what was asked for. */
        public boolean isDone() {
            return status / 100 == 2;
        }
    }

    /** A list or a watch, to be closed. */
    InputStream get(String pathAndQuery) throws IOException, InterruptedException {
        var answer = client().send(request(pathAndQuery).build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() == OK) {
            return answer.body();
        }
        answer.body().close();
        if (answer.statusCode() == GONE) {
            throw new GoneException();
        }
        throw new IOException("the API answers " + answer.statusCode());
    }

    /**
     * Sends an object.
     *
     * @param limit how long it may take
     * @throws IOException where it is not known whether it was done
     */
    public Reply post(String path, byte[] object, Duration limit)
            throws IOException, InterruptedException {
        var request =
                request(path)
                        .timeout(limit)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(object))
                        .build();
        var answer = client().send(request, BodyHandlers.ofByteArray());
        return new Reply(answer.statusCode(), message(answer));
    }

    private static String message(HttpResponse<byte[]> answer) {
        try {
            var said = JsonItem.parse(answer.body()).text("message");
            return said.substring(0, Math.min(said.length(), MAX_ANSWER_CHARS));
        } catch (IOException ignored) {
            // what is in between answers in words of its own
            return "";
        }
    }

    private HttpRequest.Builder request(String pathAndQuery) throws IOException {
        var uri = URI.create(access.url().orElseThrow() + pathAndQuery);
        var request =
                HttpRequest.newBuilder(uri).timeout(ANSWER).header("accept", "application/json");
        var token = access.credentials().resolve("token");
        if (Files.exists(token)) {
            // kubelet puts a new one there every hour
            request.header("authorization", "Bearer " + Files.readString(token).strip());
        }
        return request;
    }

    private synchronized HttpClient client() throws IOException {
        if (client == null) {
            var builder = HttpClient.newBuilder().connectTimeout(ANSWER);
            var trusted = access.credentials().resolve("ca.crt");
            if (Files.exists(trusted)) {
                builder.sslContext(Certificates.trusting(trusted));
            }
            client = builder.build();
        }
        return client;
    }

    /** A text as a part of a path or of a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** The version that was asked for is forgotten. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
