package gpuanalytics.producer.source.scrape;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.producer.source.scrape.PodJson.Change;
import gpuanalytics.producer.source.scrape.PodJson.PodState;
import gpuanalytics.service.retry.Backoff;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pods with some labels, as the API of Kubernetes tells: a list, and then a watch from there
 * on. It needs get, list and watch of pods and nothing else. While the API is away the pods that it
 * told last stay.
 */
final class PodWatch implements AutoCloseable {

    private static final int PAGE = 500;
    private static final int OK = 200;
    private static final int GONE = 410;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int WATCH_SECONDS = 240;
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private final ScrapeOptions.Pods options;
    private final Thread thread;
    private final Map<String, PodState> pods = new TreeMap<>();
    private volatile Collection<Target> targets = List.of();
    private volatile @Nullable String problem = "the API has not told of pods yet";
    private @Nullable HttpClient client;
    private volatile boolean closed;

    PodWatch(ScrapeOptions.Pods options) {
        this.options = options;
        this.thread = Thread.ofVirtual().name("pod-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The running pods as targets, by namespace and name. */
    Collection<Target> targets() {
        return targets;
    }

    /** Why it is not known which pods there are now, if so. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        int failures = 0;
        var version = "";
        while (!closed) {
            try {
                if (version.isEmpty()) {
                    version = list();
                }
                problem = null;
                failures = 0;
                version = watch(version);
            } catch (IOException | RuntimeException e) {
                problem = "the pods are not known: " + message(e);
                failures++;
                version = "";
                if (!pause(BACKOFF.pauseAfter(failures, RandomGenerator.getDefault()))) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean pause(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reads all pods and returns the version that a watch goes on from. */
    private String list() throws IOException, InterruptedException {
        var all = new HashMap<String, PodState>();
        var next = "";
        while (true) {
            var mark = next.isEmpty() ? "" : "&continue=" + encoded(next);
            try (var in = get("&limit=" + PAGE + mark);
                    var _ = Limit.on(in, ANSWER);
                    var json = new PodJson(in)) {
                var page = json.page();
                page.pods().forEach(pod -> all.put(pod.key(), pod));
                if (page.next().isEmpty()) {
                    pods.clear();
                    pods.putAll(all);
                    publish();
                    return page.version();
                }
                next = page.next();
            }
        }
    }

    /** Follows the changes; returns the version to go on from, empty to list anew. */
    private String watch(String from) throws IOException, InterruptedException {
        var version = from;
        var query =
                "&watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
                        .formatted(WATCH_SECONDS, encoded(from));
        try (var in = get(query);
                var _ = Limit.on(in, Duration.ofSeconds(WATCH_SECONDS).plus(ANSWER));
                var json = new PodJson(in)) {
            for (var change = json.change(); change != null; change = json.change()) {
                if (change.type().equals("ERROR")) {
                    if (change.code().equals(Integer.toString(GONE))) {
                        return "";
                    }
                    throw new IOException("the API's watch ends with " + change.code());
                }
                apply(change);
                version = change.pod().version();
            }
        } catch (GoneException ignored) {
            return "";
        }
        return version;
    }

    private void apply(Change change) {
        switch (change.type()) {
            case "ADDED", "MODIFIED" -> pods.put(change.pod().key(), change.pod());
            case "DELETED" -> pods.remove(change.pod().key());
            default -> {
                return; // a bookmark has a version and no pod
            }
        }
        publish();
    }

    private void publish() {
        targets =
                pods.values().stream()
                        .filter(PodState::isRunning)
                        .map(
                                pod ->
                                        new Target(
                                                Target.at(options.uri(), pod.address()),
                                                Optional.of(
                                                        new Target.Pod(
                                                                pod.namespace(),
                                                                pod.name(),
                                                                pod.node()))))
                        .toList();
    }

    private InputStream get(String query) throws IOException, InterruptedException {
        var credentials = options.access().credentials();
        var path =
                options.namespace()
                        .map(name -> "/api/v1/namespaces/" + encoded(name) + "/pods")
                        .orElse("/api/v1/pods");
        var uri =
                options.access().url().orElseThrow()
                        + path
                        + "?labelSelector="
                        + encoded(options.selector())
                        + query;
        var request =
                HttpRequest.newBuilder(URI.create(uri))
                        .timeout(ANSWER)
                        .header("accept", "application/json");
        var token = credentials.resolve("token");
        if (Files.exists(token)) {
            // kubelet puts a new one there every hour
            request.header("authorization", "Bearer " + Files.readString(token).strip());
        }
        var answer = client().send(request.build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() == OK) {
            return answer.body();
        }
        answer.body().close();
        if (answer.statusCode() == GONE) {
            throw new GoneException();
        }
        throw new IOException("the API answers " + answer.statusCode());
    }

    private HttpClient client() throws IOException {
        if (client == null) {
            var builder = HttpClient.newBuilder().connectTimeout(ANSWER);
            var trusted = options.access().credentials().resolve("ca.crt");
            if (Files.exists(trusted)) {
                builder.sslContext(Certificates.trusting(trusted));
            }
            client = builder.build();
        }
        return client;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    /** The version that was asked for is forgotten. */
    private static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Closes a stream whose end does not come: the client's own time-out ends with the headers. */
    private record Limit(CompletableFuture<Void> ending) implements AutoCloseable {

        static Limit on(InputStream in, Duration limit) {
            Executor later =
                    CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS);
            return new Limit(CompletableFuture.runAsync(() -> end(in), later));
        }

        private static void end(InputStream in) {
            try {
                in.close();
            } catch (IOException ignored) {
                // whoever reads hears of it
            }
        }

        @Override
        public void close() {
            ending.cancel(false);
        }
    }
}
