package gpuanalytics.bench.question;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A question that is asked again and again, one after the other. */
public final class Asked {

    private static final int OK = 200;
    private static final int WARM_UP = 20;
    private static final int ASKED = 100;

    /** A question that takes long is asked less often, but never less than this. */
    private static final int LEAST = 10;

    private static final Duration AT_MOST = Duration.ofSeconds(20);

    private Asked() {}

    /**
     * Prints how long the answers took, in ms; where one is a refusal, its status.
     *
     * @param what in words
     * @param question its address
     */
    public static void print(String what, String question)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(question)).build();
            var millis = new ArrayList<Double>();
            int status = ask(client, request, WARM_UP, millis);
            if (status == OK) {
                millis.clear();
                status = ask(client, request, ASKED, millis);
            }
            Collections.sort(millis);
            System.out.printf(
                    "%s: %.0f ms p50, %.0f ms p95, %.0f ms at most, of %d%s%n",
                    what,
                    millis.get(millis.size() / 2),
                    millis.get(millis.size() * 95 / 100),
                    millis.getLast(),
                    millis.size(),
                    status == OK ? "" : ", the last of them answered with status " + status);
        }
    }

    /** Until the first refusal; returns the last status. */
    private static int ask(HttpClient client, HttpRequest request, int times, List<Double> millis)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + AT_MOST.toNanos();
        int status = OK;
        for (int i = 0; status == OK && i < times && (i < LEAST || System.nanoTime() < end); i++) {
            long start = System.nanoTime();
            status = client.send(request, BodyHandlers.ofString()).statusCode();
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return status;
    }
}
