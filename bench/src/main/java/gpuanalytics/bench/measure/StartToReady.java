package gpuanalytics.bench.measure;

import gpuanalytics.bench.contender.Ours;
import gpuanalytics.bench.contender.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;

/** How long our processor takes from the start of its JVM until it says that it is ready. */
public final class StartToReady {

    private static final int OK = 200;
    private static final double LIMIT_SECONDS = 60;

    private StartToReady() {}

    /** Seconds of one start. */
    public static double seconds(Ours ours, Stage stage) throws IOException, InterruptedException {
        int port = freePort();
        var settings = new HashMap<>(ours.settings());
        settings.put("HTTP_PORT", Integer.toString(port));
        var ready =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:%d/health/ready".formatted(port)))
                        .build();
        long began = System.nanoTime();
        try (var client = HttpClient.newHttpClient();
                var process = new Ours(ours.classPath(), ours.heap(), settings).start(stage)) {
            while (!answers(client, ready)) {
                if (!process.isAlive() || (System.nanoTime() - began) / 1e9 > LIMIT_SECONDS) {
                    throw new IllegalStateException(
                            "the processor does not become ready, see " + stage.directory());
                }
                Thread.sleep(5);
            }
            return (System.nanoTime() - began) / 1e9;
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request)
            throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException _) {
            return false; // it does not listen yet
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
