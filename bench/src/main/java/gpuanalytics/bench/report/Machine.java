package gpuanalytics.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/**
 * What something was measured on.
 *
 * @param processor its model, as the system calls it
 * @param cores how many a JVM may use
 * @param memoryGib memory of the machine; 0 where the system does not say
 * @param system the operating system
 * @param java the JVM
 * @param versions of what took part
 * @param date the day, UTC
 */
public record Machine(
        String processor,
        int cores,
        long memoryGib,
        String system,
        String java,
        Map<String, String> versions,
        String date) {

    /** This machine, now. */
    public static Machine here(Map<String, String> versions) {
        return new Machine(
                lineValue(Path.of("/proc/cpuinfo"), "model name"),
                Runtime.getRuntime().availableProcessors(),
                memoryInGib(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                new TreeMap<>(versions),
                LocalDate.now(ZoneOffset.UTC).toString());
    }

    private static long memoryInGib() {
        var digits = lineValue(Path.of("/proc/meminfo"), "MemTotal").replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Math.round(Long.parseLong(digits) / 1024.0 / 1024.0);
    }

    private static String lineValue(Path file, String name) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException _) {
            return System.getProperty("os.arch"); // not Linux
        }
    }
}
