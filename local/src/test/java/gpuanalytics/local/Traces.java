package gpuanalytics.local;

import gpuanalytics.local.ApiClient.Totals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Traces to replay, and their own totals, counted here and not by what is tested. */
final class Traces {

    private static final int ROWS = 19_366;
    private static final int ROWS_PER_MINUTE = 320;

    /** A trace file and what is in it. */
    record Trace(Path file, Totals totals) {}

    private Traces() {}

    /**
     * The public trace of conversations (19,366 requests) where it lies beside the repository, else
     * one made up of as many rows with its header.
     */
    static Trace conversations(Path directory) throws IOException {
        return azure("conv", directory);
    }

    /** The public trace of coding requests, or one made up. */
    static Trace coding(Path directory) throws IOException {
        return azure("code", directory);
    }

    private static Trace azure(String name, Path directory) throws IOException {
        var found = shared("data/azure-llm-2023/AzureLLMInferenceTrace_%s.csv".formatted(name));
        var file = found != null ? found : made(directory.resolve(name + ".csv"), name.hashCode());
        if (found == null) {
            System.out.println("[data absent] %s: a made-up trace instead".formatted(name));
        }
        return new Trace(file, count(file));
    }

    /** A file or folder beside the repository, or null where it is not there. */
    static @Nullable Path shared(String name) {
        for (var up : List.of("../shared", "../../shared")) {
            var path = Path.of(up, name).toAbsolutePath().normalize();
            if (Files.exists(path)) {
                return path;
            }
        }
        return null;
    }

    private static Totals count(Path file) throws IOException {
        long requests = 0;
        long prompt = 0;
        long completion = 0;
        var lines = Files.readAllLines(file);
        for (var line : lines.subList(1, lines.size())) {
            var cells = line.split(",", -1);
            requests++;
            prompt += Long.parseLong(cells[1].trim());
            completion += Long.parseLong(cells[2].trim());
        }
        return new Totals(requests, prompt, completion, 0);
    }

    private static Path made(Path file, int seed) throws IOException {
        var random = new Random(seed);
        var format = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSS");
        var time = LocalDateTime.of(2023, 11, 16, 18, 15, 46);
        var lines = new ArrayList<String>();
        lines.add("TIMESTAMP,ContextTokens,GeneratedTokens");
        for (int row = 0; row < ROWS; row++) {
            time = time.plusNanos((long) (random.nextDouble() * 2 * 60e9 / ROWS_PER_MINUTE));
            lines.add(
                    "%s,%d,%d"
                            .formatted(
                                    time.format(format),
                                    1 + random.nextInt(4000),
                                    1 + random.nextInt(600)));
        }
        return Files.write(file, lines);
    }

    /** A GPU trace in two files, utilisation and memory, of a few GPUs and minutes. */
    static List<Path> gpus(Path directory) throws IOException {
        var utilization = new ArrayList<>(List.of("value,timestamp_anon,container_ip"));
        var memory = new ArrayList<>(List.of("timestamp_anon,value,container_ip"));
        for (int minute = 0; minute < 50; minute++) {
            for (int gpu = 0; gpu < 4; gpu++) {
                double time = 1_662_858_720.0 + minute * 57;
                utilization.add("%s,%s,pod%d".formatted(10.0 * gpu + minute % 7, time, gpu));
                memory.add("%s,%s,pod%d".formatted(time, 1e9 * (gpu + 1), gpu));
            }
        }
        return List.of(
                Files.write(directory.resolve("utilization.csv"), utilization),
                Files.write(directory.resolve("memory.csv"), memory));
    }
}
