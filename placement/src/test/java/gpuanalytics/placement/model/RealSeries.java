package gpuanalytics.placement.model;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/**
 * GPU utilisation and memory of the pods of a public trace as observations. The trace is one day
 * long, a sample a minute; here 120 of them in a row are called a day and 20 a window, so that
 * there are days to learn from and days to be held out. Hours of such a day are none of a real
 * one's.
 */
final class RealSeries {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration WINDOW = Duration.ofHours(4);

    private static final int SAMPLES_PER_WINDOW = 20;
    private static final double MIB = 1 << 20;

    private RealSeries() {}

    /** Where the trace lies; null where it is not there. */
    static @Nullable Path find() {
        for (var up : List.of("../shared", "../../shared")) {
            var path = Path.of(up, "data/alibaba-genai-2026");
            if (Files.exists(path)) {
                return path;
            }
        }
        return null;
    }

    /** The observations by window, in their order. */
    static List<List<Observation>> windows(Path folder) throws IOException {
        var busy = read(folder.resolve("pod_gpu_duty_cycle_anon.csv"));
        var memory = read(folder.resolve("pod_gpu_memory_used_bytes_anon.csv"));
        var times = new TreeSet<Double>();
        busy.values().forEach(series -> times.addAll(series.keySet()));
        double first = times.first();
        double window = SAMPLES_PER_WINDOW * 57.0;
        int windows = (int) Math.round((times.last() - first + 57) / window);
        var all = new ArrayList<List<Observation>>();
        for (int number = 0; number < windows; number++) {
            var observations = new ArrayList<Observation>();
            for (var pod : busy.keySet()) {
                var utilization = slice(busy.get(pod), first + number * window, window);
                var bytes =
                        slice(
                                memory.getOrDefault(pod, new TreeMap<>()),
                                first + number * window,
                                window);
                if (utilization.length > SAMPLES_PER_WINDOW / 2) {
                    observations.add(observation(pod, number, utilization, bytes));
                }
            }
            all.add(observations);
        }
        return all;
    }

    private static Observation observation(
            String pod, int number, double[] utilization, double[] bytes) {
        Arrays.sort(utilization);
        double p95 = Statistics.quantile(utilization, 0.95) / 100;
        Double peak = bytes.length == 0 ? null : Arrays.stream(bytes).max().orElseThrow() / MIB;
        var from = START.plus(WINDOW.multipliedBy(number));
        return new Observation(
                pod,
                new Workload("trace", pod, null, null, null),
                RequestFacts.UNKNOWN,
                NodeFacts.UNKNOWN,
                from,
                from.plus(WINDOW),
                // the cards have 48 GiB: the largest value of the trace is 47.3
                new Outcome(p95, peak, 49_152.0, null, null, null),
                null);
    }

    private static double[] slice(NavigableMap<Double, Double> series, double from, double length) {
        return series.subMap(from, from + length).values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static Map<String, NavigableMap<Double, Double>> read(Path file) throws IOException {
        var byPod = new LinkedHashMap<String, NavigableMap<Double, Double>>();
        var format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
        try (Reader reader = Files.newBufferedReader(file);
                var rows = format.parse(reader)) {
            for (var row : rows) {
                byPod.computeIfAbsent(row.get("container_ip"), _ -> new TreeMap<>())
                        .put(
                                Double.valueOf(row.get("timestamp_anon")),
                                Double.valueOf(row.get("value")));
            }
        }
        return byPod;
    }
}
