package gpuanalytics.producer.source.scrape;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.kubernetes.Certificates;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Fetches the text of a target: within its time, and no more than it may have. */
final class Fetcher implements AutoCloseable {

    private static final int OK = 200;

    private final ScrapeOptions options;
    private final HttpClient client;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("scrape-", 0).factory());

    /**
     * A client of its own.
     *
     * @throws ConfigurationException if its trusted certificates cannot be read
     */
    Fetcher(ScrapeOptions options) {
        this.options = options;
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(options.timeout())
                        .executor(threads);
        try {
            if (options.trust().authorities().isPresent()) {
                builder.sslContext(Certificates.trusting(options.trust().authorities().get()));
            }
        } catch (IOException e) {
            throw new ConfigurationException(
                    List.of(
                            "%s_CA_FILE cannot be used: %s"
                                    .formatted(
                                            options.name().toUpperCase(Locale.ROOT),
                                            e.getMessage())));
        }
        this.client = builder.build();
    }

    /**
     * The token of this round.
     *
     * @throws IOException where there is a file for it that cannot be read
     */
    Optional<String> token() throws IOException {
        return options.trust().token().isEmpty()
                ? Optional.empty()
                : Optional.of(Files.readString(options.trust().token().get()).strip());
    }

    /**
     * What a target shows.
     *
     * @throws IOException where it does not answer, or in another way
     */
    String fetch(Target target, Optional<String> token) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(target.uri())
                        .timeout(options.timeout())
                        .header("accept", "text/plain;version=0.0.4");
        token.ifPresent(secret -> request.header("authorization", "Bearer " + secret));
        var response = send(request.build(), options.timeout());
        if (response.statusCode() != OK) {
            throw new IOException("answers " + response.statusCode());
        }
        return new String(response.body(), UTF_8);
    }

    private HttpResponse<byte[]> send(HttpRequest request, Duration timeout)
            throws IOException, InterruptedException {
        var handler =
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), options.limits().bodyBytes());
        var answer = client.sendAsync(request, handler);
        try {
            // the client's own time-out ends with the headers
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within %d ms".formatted(timeout.toMillis()), e);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause(), timeout), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String reason(@Nullable Throwable cause, Duration timeout) {
        return switch (cause) {
            case HttpTimeoutException _ -> "no answer within %d ms".formatted(timeout.toMillis());
            case ConnectException _ -> "no connection";
            case null -> "failed";
            default -> {
                var message = cause.getMessage();
                yield message == null ? cause.getClass().getSimpleName() : message;
            }
        };
    }

    /** What is under way ends at once, without an answer. */
    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}
