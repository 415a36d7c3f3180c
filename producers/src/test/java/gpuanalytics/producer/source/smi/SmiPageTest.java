package gpuanalytics.producer.source.smi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.producer.SourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/sources.md shows of nvidia-smi, with a script in its place. */
@Timeout(120)
final class SmiPageTest {

    private static final Path PAGE = Path.of("..", "docs", "sources.md");
    private static final Pattern VARIABLE = Pattern.compile("([A-Z_]+)=(\\S+)");

    /** Knows the fields that the page asks for, and writes two rounds of two GPUs. */
    private static final String NVIDIA_SMI =
            """
            #!/usr/bin/env bash
            declare -A titles=(
              [utilization.gpu]='utilization.gpu [%]' [memory.used]='memory.used [MiB]'
              [memory.total]='memory.total [MiB]' [power.draw]='power.draw [W]'
              [clocks.sm]='clocks.current.sm [MHz]' [clocks.mem]='clocks.current.memory [MHz]'
              [timestamp]=timestamp [index]=index [uuid]=uuid [name]=name
              [temperature.gpu]=temperature.gpu)
            declare -A cells=(
              [utilization.gpu]='41 %' [memory.used]='1203 MiB' [memory.total]='81559 MiB'
              [power.draw]='302.50 W' [clocks.sm]='1980 MHz' [clocks.mem]='2619 MHz'
              [name]='NVIDIA H100 80GB HBM3' [temperature.gpu]='[N/A]')
            [[ "$1" == --query-gpu=* && "$2 $3 $4" == '--format=csv -l 1' ]] || exit 2
            IFS=, read -ra fields <<< "${1#--query-gpu=}"
            line=
            for field in "${fields[@]}"; do
              [ -n "${titles[$field]}" ] || { echo "Field \\"$field\\" is not a valid field to query."; exit 2; }
              line+=", ${titles[$field]}"
            done
            echo "${line:2}"
            for round in 1 2; do
              for gpu in 0 1; do
                cells[timestamp]=$(date "+%Y/%m/%d %H:%M:%S.00$round")
                cells[index]=$gpu cells[uuid]=GPU-$gpu line=
                for field in "${fields[@]}"; do line+=", ${cells[$field]}"; done
                echo "${line:2}"
              done
            done
            """;

    @TempDir private Path folder;

    @BeforeEach
    void install() throws IOException {
        var program = Files.writeString(folder.resolve("nvidia-smi"), NVIDIA_SMI);
        assertTrue(program.toFile().setExecutable(true));
    }

    private static String example(String containing) throws IOException {
        return Stream.of(Files.readString(PAGE).split("```"))
                .filter(block -> block.startsWith("sh\n") && block.contains(containing))
                .findFirst()
                .orElseThrow()
                .substring("sh\n".length());
    }

    private Process bash(String script) throws IOException {
        var builder = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true);
        builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
        return builder.start();
    }

    @Test
    void aNamedPipeIsReadWithTheVariablesOfTheExample() throws Exception {
        var example = example("mkfifo").replace("/run/", folder + "/");
        int producers = example.indexOf("SOURCE=");
        var variables = new HashMap<String, String>();
        VARIABLE.matcher(example.substring(producers))
                .results()
                .forEach(found -> variables.put(found.group(1), found.group(2)));
        var config = ProducerConfig.fromEnvironment(variables).sources();
        assertEquals(List.of(SourceKind.NVIDIA_SMI), List.copyOf(config.keySet()));

        var writer = bash(example.substring(0, producers) + "wait");
        try (var feed =
                Objects.requireNonNull(config.get(SourceKind.NVIDIA_SMI))
                        .open(Clock.systemUTC(), () -> {})) {
            feed.start();
            var samples = new ArrayList<Event>();
            Waiting.until(
                    () -> "four samples, had " + samples + feed.events().droppedRows(),
                    Duration.ofSeconds(60),
                    () -> {
                        samples.addAll(feed.events().take(Instant.now(), 100));
                        return samples.size() == 4;
                    });
            var sample = samples.getLast();
            assertEquals("GPU-1", sample.get(GpuMetric.GPU_UUID));
            assertEquals(302.5, sample.get(GpuMetric.POWER_W));
            assertEquals(2.619e9, sample.get(GpuMetric.MEM_CLOCK_HZ));
            assertNotNull(sample.get(GpuMetric.MEM_TOTAL_BYTES));
            assertEquals(Map.of(), feed.events().droppedRows());
        } finally {
            assertEquals(0, writer.waitFor(), () -> printed(writer));
        }
    }

    /** The process's own standard input, which only a process has. */
    @Test
    void standardInputIsReadToItsEndByAProcess() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var example =
                example("NVIDIA_SMI_INPUTS=-")
                        .replace("  java -cp", "  " + java + " -Xshare:auto -cp")
                        .replace("producers/target/classes:…", classPath())
                        .replace(
                                "gpuanalytics.producer.ProducerMain",
                                PrintedSamples.class.getName());

        var process = bash("set -o pipefail; " + example);

        assertEquals(
                List.of("> 0 302.5", "> 1 302.5", "> 0 302.5", "> 1 302.5", "> - has ended"),
                printed(process)
                        .lines()
                        .filter(line -> line.startsWith(PrintedSamples.MARK))
                        .toList());
        assertEquals(0, process.waitFor());
    }

    private static String classPath() {
        return Objects.requireNonNull(System.getProperty("java.class.path"));
    }

    private static String printed(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
