package gpuanalytics.producer.source.scrape;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An exporter on loopback whose answer a test decides. */
public final class FakeExporter implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** The authorization of each request; {@code none} where it had none. */
    public final List<String> authorizations = new CopyOnWriteArrayList<>();

    public volatile String text = "";
    public volatile int status = 200;

    /** Whether it lets its clients wait. */
    public volatile boolean silent;

    /** Listens on every address of loopback. */
    public FakeExporter() throws IOException {
        server = HttpServer.create(new InetSocketAddress(0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            @Nullable String said = exchange.getRequestHeaders().getFirst("authorization");
            authorizations.add(said == null ? "none" : said);
            if (silent) {
                ended.await();
            }
            var bytes = text.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it is, as targets are written. */
    public String target() {
        return "127.0.0.1:" + port();
    }

    @Override
    public void close() {
        ended.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
