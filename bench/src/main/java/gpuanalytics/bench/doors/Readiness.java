package gpuanalytics.bench.doors;

import gpuanalytics.bench.process.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Waits until a process answers, or says that it is well. */
final class Readiness {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Readiness() {}

    /** Waits until it is well. */
    static void await(String name, int port, ChildJvm process) throws InterruptedException {
        await(name, port, process, true);
    }

    /** Waits until it answers, whatever it says. */
    static void awaitAnswer(String name, int port, ChildJvm process) throws InterruptedException {
        await(name, port, process, false);
    }

    private static void await(String name, int port, ChildJvm process, boolean well)
            throws InterruptedException {
        var health =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/health".formatted(port)))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        long until = System.nanoTime() + LIMIT.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            while (!answers(http, health, well)) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "%s %s, expected it to be ready"
                                    .formatted(
                                            name,
                                            process.isAlive()
                                                    ? "is not ready after "
                                                            + LIMIT.toSeconds()
                                                            + " s"
                                                    : "has ended"));
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private static boolean answers(HttpClient http, HttpRequest health, boolean well)
            throws InterruptedException {
        try {
            int status = http.send(health, BodyHandlers.discarding()).statusCode();
            return !well || status == 200;
        } catch (IOException _) {
            return false;
        }
    }
}
