package gpuanalytics.processor;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A processor's metrics as Prometheus would read them. */
final class Scraped {

    private Scraped() {}

    /** The sum of a metric over its tags; NaN where it is not there, as absent is not zero. */
    static double sum(Processor processor, String name) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:%d/metrics"
                                                            .formatted(processor.httpPort())))
                                    .timeout(PipelineFixture.LIMIT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return answer.body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .map(line -> value(line.substring(line.lastIndexOf(' ') + 1)))
                    .reduce(Double::sum)
                    .orElse(Double.NaN);
        }
    }

    /** A value as Prometheus' text format writes it: a number, NaN, +Inf or -Inf. */
    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
