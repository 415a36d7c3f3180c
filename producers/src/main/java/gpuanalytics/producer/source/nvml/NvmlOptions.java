package gpuanalytics.producer.source.nvml;

import gpuanalytics.producer.source.ThisMachine;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How the GPUs of this machine are read.
 *
 * @param nvmlLibrary the management library, a name for the system's loader or a path
 * @param interval from one sample of a GPU to the next
 * @param retry from one attempt to open the library again to the next
 * @param pcieBudget how much of an interval readings may take that wait while they measure
 * @param host the machine's name in the events
 * @param node the Kubernetes node's name in the events
 * @param processes where the kernel shows processes, {@code /proc}
 * @param containerLogs where kubelet links the logs of containers by their names and ids
 * @param pricePerHourUsd the price in every sample
 */
public record NvmlOptions(
        String nvmlLibrary,
        Duration interval,
        Duration retry,
        Duration pcieBudget,
        String host,
        Optional<String> node,
        Path processes,
        Path containerLogs,
        Optional<Double> pricePerHourUsd) {

    /** Reads every variable; errors are left in the reader. */
    public static NvmlOptions read(EnvironmentReader env, Optional<Double> pricePerHourUsd) {
        return new NvmlOptions(
                env.text(
                        "NVML_LIBRARY",
                        "libnvidia-ml.so.1",
                        "NVIDIA's management library, a name or a path"),
                millis(env, "NVML_INTERVAL_MS", 1000, 200, "Milliseconds between two samples"),
                millis(
                        env,
                        "NVML_RETRY_MS",
                        30_000,
                        100,
                        "Milliseconds between two attempts to reach a lost GPU or driver"),
                millis(
                        env,
                        "NVML_PCIE_BUDGET_MS",
                        100,
                        0,
                        "Milliseconds of each interval for PCIe readings that wait while they"
                                + " measure (GPUs before Hopper, 40 each, in turn); 0 leaves them"
                                + " out"),
                env.text("NVML_HOST", "Name of this machine in the samples; its own by default")
                        .orElseGet(ThisMachine::name),
                env.text("NODE_NAME", "Kubernetes node in the samples"),
                path(env, "NVML_PROC", "/proc", "Where the kernel shows the host's processes"),
                path(
                        env,
                        "NVML_CONTAINER_LOGS",
                        "/var/log/containers",
                        "Where kubelet links logs by pod, namespace and container"),
                pricePerHourUsd);
    }

    private static Duration millis(
            EnvironmentReader env, String name, int defaultValue, int min, String description) {
        return env.duration(name, ChronoUnit.MILLIS, defaultValue, min, 600_000, description);
    }

    private static Path path(
            EnvironmentReader env, String name, String defaultValue, String description) {
        var text = env.text(name, defaultValue, description);
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            env.error("%s is %s, expected a path".formatted(name, text));
            return Path.of(defaultValue);
        }
    }
}
