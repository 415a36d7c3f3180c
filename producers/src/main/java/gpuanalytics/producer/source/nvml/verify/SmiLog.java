package gpuanalytics.producer.source.nvml.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a running {@code nvidia-smi} prints of every GPU, again and again, until it is closed. */
final class SmiLog implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_ROWS = 1_000_000;

    private final SmiFormat format;
    private final Process process;
    private final Thread reader;
    private final ConcurrentLinkedQueue<SmiRow> rows = new ConcurrentLinkedQueue<>();

    private SmiLog(SmiFormat format, Process process) {
        this.format = format;
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("nvidia-smi").unstarted(this::read);
    }

    /**
     * Logs fields four times a second.
     *
     * @param program the name or path of nvidia-smi
     * @param wanted the fields, of which those are left out that this nvidia-smi does not know
     * @throws IOException if it cannot be run
     */
    static SmiLog query(String program, List<String> wanted)
            throws IOException, InterruptedException {
        var help = output(program, "--help-query-gpu");
        var columns =
                Stream.concat(
                                Stream.of("timestamp", "index"),
                                wanted.stream().filter(name -> help.contains('"' + name + '"')))
                        .toList();
        return start(
                new SmiFormat.Query(columns),
                program,
                "--query-gpu=" + String.join(",", columns),
                "--format=csv,noheader,nounits",
                "--loop-ms=" + PERIOD.toMillis());
    }

    /** Logs the performance counters once a second. */
    static SmiLog dmon(String program) throws IOException {
        return start(
                new SmiFormat.Dmon(),
                program,
                "dmon",
                "--gpm-metrics=2,5,10,20,21",
                "--delay=1",
                "--options=DT");
    }

    private static SmiLog start(SmiFormat format, String... command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TZ", "UTC");
        var log = new SmiLog(format, builder.start());
        log.reader.start();
        return log;
    }

    private static String output(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    /** Every line so far. */
    List<SmiRow> rows() {
        return new ArrayList<>(rows);
    }

    private void read() {
        try (var lines = new BufferedReader(process.inputReader(UTF_8))) {
            int count = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var row = format.parse(line);
                if (row != null && count++ < MAX_ROWS) {
                    rows.add(row);
                } else if (row == null && !line.startsWith("#")) {
                    System.err.println("nvidia-smi says: " + line);
                }
            }
        } catch (IOException ignored) {
            // the process was ended; that there are too few lines shows in the comparison
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            reader.join(END_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
