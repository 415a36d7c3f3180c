package gpuanalytics.producer.source.scrape;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** As much of Kubernetes' API as a watch of pods needs, in its own JSON. */
final class FakeCluster implements AutoCloseable {

    private static final String END = "end";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final List<String> pods = new ArrayList<>();

    /** Method, path, query and token of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    volatile int status = 200;

    FakeCluster() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A pod with the fields that the API has, and more of them. */
    static String pod(String name, String phase, String address, boolean isEnding) {
        return """
        {"metadata":{"name":"%s","namespace":"ml","uid":"u","resourceVersion":"7",%s
          "labels":{"app":"exporter"},"ownerReferences":[{"kind":"DaemonSet","name":"status"}]},
         "spec":{"nodeName":"node-%s","containers":[{"name":"c","env":[{"name":"status"}]}],
          "securityContext":{"phase":"no"}},
         "status":{"phase":"%s","podIP":"%s","podIPs":[{"ip":"9.9.9.9"}],"hostIP":"8.8.8.8"}}\
        """
                .formatted(
                        name,
                        isEnding ? "\"deletionTimestamp\":\"2026-11-28T00:00:00Z\"," : "",
                        name,
                        phase,
                        address);
    }

    /** What a list gives from now on. */
    synchronized void list(String... all) {
        pods.clear();
        pods.addAll(List.of(all));
    }

    /** Tells a change to whoever watches. */
    void tell(String type, String object) {
        changes.add("{\"type\":\"%s\",\"object\":%s}\n".formatted(type, object));
    }

    /** Ends the watch, as the API does after a while. */
    void endWatch() {
        changes.add(END);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            requests.add(
                    "%s %s?%s %s"
                            .formatted(
                                    exchange.getRequestMethod(),
                                    uri.getPath(),
                                    uri.getQuery(),
                                    exchange.getRequestHeaders().getFirst("authorization")));
            if (status != 200) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(200, 0);
            if (uri.getQuery().contains("watch=true")) {
                tellChanges(exchange.getResponseBody());
            } else {
                exchange.getResponseBody().write(page(uri.getQuery()).getBytes(UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first pod, and with the mark of the next page the others. */
    private synchronized String page(String query) {
        boolean isSecond = query.contains("continue=more of it");
        boolean hasMore = !isSecond && pods.size() > 1;
        var items =
                pods.isEmpty()
                        ? pods
                        : isSecond ? pods.subList(1, pods.size()) : pods.subList(0, 1);
        return """
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"42"%s},"items":[%s]}\
        """
                .formatted(hasMore ? ",\"continue\":\"more of it\"" : "", String.join(",", items));
    }

    private void tellChanges(OutputStream out) throws IOException, InterruptedException {
        out.flush();
        for (var change = changes.take(); !change.equals(END); change = changes.take()) {
            out.write(change.getBytes(UTF_8));
            out.flush();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
