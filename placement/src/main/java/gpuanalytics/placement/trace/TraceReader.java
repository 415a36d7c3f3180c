package gpuanalytics.placement.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads nodes and pods in the columns of Alibaba's cluster-trace-gpu-v2023 (openb).
 *
 * @param maxNodes the most nodes that are taken
 * @param maxPods the most pods that are taken
 */
public record TraceReader(int maxNodes, int maxPods) {

    public static final int MAX_GPU_MILLI = 1000;

    private static final int MAX_CPU_MILLI = 10_000_000;
    private static final int MAX_MEMORY_MIB = 1_000_000_000;
    private static final int MAX_GPUS_PER_NODE = 64;

    private static final List<String> NODE_COLUMNS = List.of("cpu_milli", "memory_mib", "gpu");
    private static final List<String> POD_COLUMNS = List.of("cpu_milli", "memory_mib", "num_gpu");

    /** Reads the file of nodes: {@code cpu_milli, memory_mib, gpu}, and {@code model, sn}. */
    public TraceFile<TraceNode> nodes(Path file) throws BadInputException {
        try (var text = Files.newBufferedReader(file, UTF_8)) {
            return nodes(file.toString(), text);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Reads nodes from a text. */
    public TraceFile<TraceNode> nodes(String name, Reader text) throws BadInputException {
        return new CsvReader(name, NODE_COLUMNS, maxNodes).read(text, TraceReader::node);
    }

    /**
     * Reads the file of pods: {@code cpu_milli, memory_mib, num_gpu}, and {@code gpu_milli,
     * gpu_spec, team, name}. Without {@code gpu_milli} a GPU is asked for whole.
     */
    public TraceFile<TracePod> pods(Path file) throws BadInputException {
        try (var text = Files.newBufferedReader(file, UTF_8)) {
            return pods(file.toString(), text);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Reads pods from a text. */
    public TraceFile<TracePod> pods(String name, Reader text) throws BadInputException {
        return new CsvReader(name, POD_COLUMNS, maxPods).read(text, TraceReader::pod);
    }

    private static TraceNode node(Row row) throws BadCellException {
        return new TraceNode(
                row.text("sn", "name", "node"),
                row.number("cpu_milli", 0, MAX_CPU_MILLI),
                row.number("memory_mib", 0, MAX_MEMORY_MIB),
                row.number("gpu", 0, MAX_GPUS_PER_NODE),
                row.text("model"));
    }

    private static TracePod pod(Row row) throws BadCellException {
        int gpus = row.number("num_gpu", 0, MAX_GPUS_PER_NODE);
        int milli =
                gpus == 0
                        ? row.numberOr(0, "gpu_milli", 0, 0)
                        : row.numberOr(MAX_GPU_MILLI, "gpu_milli", 1, MAX_GPU_MILLI);
        return new TracePod(
                row.text("name", "pod"),
                row.text("team", "namespace"),
                row.number("cpu_milli", 0, MAX_CPU_MILLI),
                row.number("memory_mib", 0, MAX_MEMORY_MIB),
                gpus,
                milli,
                row.text("gpu_spec"));
    }

    private static BadInputException unreadable(Path file, IOException e) {
        return new BadInputException(
                "%s cannot be read, expected a CSV file in UTF-8: %s"
                        .formatted(file, e.getClass().getSimpleName()));
    }
}
