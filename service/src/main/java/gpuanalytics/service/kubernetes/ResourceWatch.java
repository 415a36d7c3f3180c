package gpuanalytics.service.kubernetes;

import static gpuanalytics.service.kubernetes.KubernetesApi.encoded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import gpuanalytics.service.kubernetes.KubernetesApi.GoneException;
import gpuanalytics.service.retry.Backoff;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind, as the API of Kubernetes tells: a list, and then a watch from there on.
 * It needs list and watch of that kind and nothing else. While the API is away its listener hears
 * nothing, and {@link #problem} says so.
 *
 * @param <T> what of an object is kept
 */
public final class ResourceWatch<T> implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int PAGE = 500;
    private static final int GONE = 410;
    private static final int WATCH_SECONDS = 240;
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private final String kind;
    private final KubernetesApi api;
    private final String path;
    private final Function<JsonItem, T> reading;
    private final Listener<T> listener;
    private final Thread thread;
    private volatile @Nullable String problem;
    private volatile boolean closed;

    /** Hears of objects, on the watch's own thread. */
    public interface Listener<T> {

        /**
         * These are all, whatever was told before.
         *
         * @param beganNanos the {@link System#nanoTime} at which the list was asked for: it has
         *     what was there then
         */
        void listed(List<T> all, long beganNanos);

        /** One is there, or is another than before. */
        void changed(T item);

        /** One is there no more; as it was last. */
        void removed(T item);
    }

    /**
     * @param kind what they are called, for messages and the thread: {@code pods}
     * @param path such as {@code /api/v1/pods?labelSelector=a%3Db}, whose query is not empty
     * @param reading takes what is kept of an object
     */
    public ResourceWatch(
            String kind,
            KubernetesApi api,
            String path,
            Function<JsonItem, T> reading,
            Listener<T> listener) {
        this.kind = kind;
        this.api = api;
        this.path = path;
        this.reading = reading;
        this.listener = listener;
        this.problem = "the API has not told of %s yet".formatted(kind);
        this.thread = Thread.ofVirtual().name("watch-" + kind).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Why it is not known which there are now, if so. */
    public Optional<String> problem() {
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
                problem = "the %s are not known: %s".formatted(kind, message(e));
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

    /** Reads all and returns the version that a watch goes on from. */
    private String list() throws IOException, InterruptedException {
        long began = System.nanoTime();
        var all = new ArrayList<T>();
        var next = "";
        while (true) {
            var mark = next.isEmpty() ? "" : "&continue=" + encoded(next);
            try (var in = api.get(path + "&limit=" + PAGE + mark);
                    var _ = Limit.on(in, KubernetesApi.ANSWER);
                    var json = JSON.createParser(in)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw new IOException("the API answers no object");
                }
                var page = JsonItem.read(json);
                page.items("items").forEach(item -> all.add(reading.apply(item)));
                next = page.text("metadata", "continue");
                if (next.isEmpty()) {
                    listener.listed(all, began);
                    return page.text("metadata", "resourceVersion");
                }
            }
        }
    }

    /** Follows the changes; returns the version to go on from, empty to list anew. */
    private String watch(String from) throws IOException, InterruptedException {
        var version = from;
        var query =
                "&watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
                        .formatted(WATCH_SECONDS, encoded(from));
        try (var in = api.get(path + query);
                var _ = Limit.on(in, Duration.ofSeconds(WATCH_SECONDS).plus(KubernetesApi.ANSWER));
                var json = JSON.createParser(in)) {
            for (var change = next(json); change != null; change = next(json)) {
                var object = change.item("object");
                if (change.text("type").equals("ERROR")) {
                    var code = object.text("code");
                    if (code.equals(Integer.toString(GONE))) {
                        return "";
                    }
                    throw new IOException("the API's watch ends with " + code);
                }
                tell(change.text("type"), object);
                version = object.text("metadata", "resourceVersion");
            }
        } catch (GoneException ignored) {
            return "";
        }
        return version;
    }

    private static @Nullable JsonItem next(JsonParser json) throws IOException {
        if (json.nextToken() == null) {
            return null;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("the API's watch tells no object");
        }
        return JsonItem.read(json);
    }

    private void tell(String type, JsonItem object) {
        switch (type) {
            case "ADDED", "MODIFIED" -> listener.changed(reading.apply(object));
            case "DELETED" -> listener.removed(reading.apply(object));
            default -> {
                // a bookmark has a version and no object
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
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
