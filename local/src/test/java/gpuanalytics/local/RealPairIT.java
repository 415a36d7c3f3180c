package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The bill of a real GPU series beside real requests, against GPU-hours counted from the files.
 *
 * <p>{@code -DrealPair.hours=24} takes all of the series, which takes minutes.
 */
@Execution(ExecutionMode.CONCURRENT)
class RealPairIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int HOURS = Integer.getInteger("realPair.hours", 1);
    private static final BigDecimal USD_PER_HOUR = new BigDecimal("2.75");
    private static final long SAMPLE_US = 57_000_000;
    private static final long MINUTE_US = 60_000_000;
    private static final Pattern BILL =
            Pattern.compile(
                    "bill: (\\S+) USD attributed \\+ (\\S+) idle \\+ (\\S+) unknown = (\\S+) USD"
                            + ", ([0-9,]+) tokens unpriced");

    /** When the first request ended. */
    private static final Instant REQUESTS_BEGIN = Instant.parse("2023-11-16T18:17:03.979960Z");

    @Test
    void theBillIsTheFilesGpuHoursTimesThePrice(@TempDir Path directory) throws Exception {
        var azure = found("azure-llm-2023/AzureLLMInferenceTrace_code.csv");
        var busy = cut(found("alibaba-genai-2026/pod_gpu_duty_cycle_anon.csv"), directory);
        var memory = cut(found("alibaba-genai-2026/pod_gpu_memory_used_bytes_anon.csv"), directory);
        var arguments = new ArrayList<>(List.of("--speed", "max", "--once", "--port", "0"));
        for (var file : List.of(azure, busy, memory)) {
            arguments.addAll(List.of("--file", file.toString()));
        }
        var variables =
                Map.of(
                        "REPLAY_TIMES", "aligned",
                        "PRICE_PER_HOUR_USD", USD_PER_HOUR.toPlainString(),
                        "LOCAL_ROLLUP_BYTES", Long.toString(512L << 20));

        try (var run = LocalProcess.start(List.of(), arguments, variables)) {
            assertEquals(0, run.awaitExit(LIMIT), () -> run.output().toString());

            assertTrue(
                    run.awaitLine("aligned in time: ").contains(" begins at " + REQUESTS_BEGIN),
                    () -> run.output().toString());
            var bill = BILL.matcher(run.awaitLine("bill: "));
            assertTrue(bill.matches(), () -> run.output().toString());
            var total = new BigDecimal(bill.group(4));
            assertEquals(usd(busy, memory), total);
            assertEquals(
                    total,
                    new BigDecimal(bill.group(1))
                            .add(new BigDecimal(bill.group(2)))
                            .add(new BigDecimal(bill.group(3))));
            assertEquals(
                    "%,d".formatted(tokens(azure)),
                    bill.group(5),
                    "tokens that name no GPU and have no price");
        }
    }

    private static Path found(String name) {
        var file = Traces.shared("data/" + name);
        assumeTrue(file != null, () -> "SKIPPED: the real pair (no ../shared/data/" + name + ")");
        return file;
    }

    /** The first hours of a file, whose rows are in the order of time. */
    private static Path cut(Path file, Path directory) throws IOException {
        var lines = Files.readAllLines(file);
        int column = List.of(lines.getFirst().split(",", -1)).indexOf("timestamp_anon");
        double end = Double.parseDouble(lines.get(1).split(",", -1)[column]) + 3600.0 * HOURS;
        var kept = new ArrayList<>(List.of(lines.getFirst()));
        for (var line : lines.subList(1, lines.size())) {
            if (Double.parseDouble(line.split(",", -1)[column]) < end) {
                kept.add(line);
            }
        }
        return Files.write(directory.resolve(file.getFileName()), kept);
    }

    private static long tokens(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .skip(1)
                .map(line -> line.strip().split(",", -1))
                .mapToLong(cells -> Long.parseLong(cells[1]) + Long.parseLong(cells[2]))
                .sum();
    }

    /**
     * Each pod has one GPU, which is there from its first to its last sample. A sample stands for
     * 57 s, but all of a minute for no more than 60; one that says nothing for a whole hour is
     * away.
     */
    private static BigDecimal usd(Path... files) throws IOException {
        var samples = new HashMap<String, TreeSet<Double>>();
        for (var file : files) {
            var lines = Files.readAllLines(file);
            var header = List.of(lines.getFirst().split(",", -1));
            for (var line : lines.subList(1, lines.size())) {
                var cells = line.split(",", -1);
                samples.computeIfAbsent(cells[header.indexOf("container_ip")], _ -> new TreeSet<>())
                        .add(Double.parseDouble(cells[header.indexOf("timestamp_anon")]));
            }
        }
        double first = samples.values().stream().mapToDouble(TreeSet::first).min().orElseThrow();
        long us =
                samples.values().stream()
                        .mapToLong(times -> presentUs(minutes(times, first)))
                        .sum();
        return USD_PER_HOUR
                .multiply(BigDecimal.valueOf(us, 6))
                .divide(BigDecimal.valueOf(3600), 6, RoundingMode.HALF_EVEN);
    }

    /** What the samples of a GPU stand for, by minute since 1970 of the times as replayed. */
    private static SortedMap<Long, Long> minutes(Set<Double> times, double first) {
        var minutes = new TreeMap<Long, Long>();
        for (double time : times) {
            var moved = REQUESTS_BEGIN.plusMillis(Math.round((time - first) * 1000));
            minutes.merge(moved.getEpochSecond() / 60, SAMPLE_US, Long::sum);
        }
        minutes.replaceAll((_, us) -> Math.min(us, MINUTE_US));
        return minutes;
    }

    private static long presentUs(SortedMap<Long, Long> minutes) {
        long present = 0;
        long before = Long.MIN_VALUE / 2;
        long gapUs = 0;
        for (var entry : minutes.entrySet()) {
            long minute = entry.getKey();
            boolean wasThere = minute / 60 - before / 60 <= 1;
            if (wasThere) {
                present += gapUs + (minute - before - 1) * MINUTE_US;
            }
            present += entry.getValue();
            before = minute;
            // what is not told of its first minute may lie before it was there
            gapUs = wasThere ? MINUTE_US - entry.getValue() : 0;
        }
        return present;
    }
}
