package gpuanalytics.producer.source.nvml.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code nvidia-smi} prints of every GPU, several times a second, as long as it is open. */
final class SmiLog implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_ROWS = 1_000_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss.SSS", Locale.ROOT);

    /**
     * One line.
     *
     * @param at when it was read, in UTC
     * @param cells the texts by the names of the columns
     */
    record Row(Instant at, String uuid, Map<String, String> cells) {

        /** The number in a column, or null where nvidia-smi has none, such as {@code [N/A]}. */
        @Nullable Double number(String column) {
            var text = cells.get(column);
            try {
                return text == null ? null : Double.valueOf(text);
            } catch (NumberFormatException ignored) {
                return null;
            }
        }
    }

    private final List<String> columns;
    private final Process process;
    private final Thread reader;
    private final ConcurrentLinkedQueue<Row> rows = new ConcurrentLinkedQueue<>();

    private SmiLog(List<String> columns, Process process) {
        this.columns = columns;
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("nvidia-smi").unstarted(this::read);
    }

    /**
     * Starts to log.
     *
     * @param program the name or path of nvidia-smi
     * @param wanted the columns, of which those are left out that this nvidia-smi does not know
     * @throws IOException if it cannot be run
     */
    static SmiLog start(String program, List<String> wanted)
            throws IOException, InterruptedException {
        var help = run(program, "--help-query-gpu");
        var columns =
                Stream.concat(
                                Stream.of("timestamp", "uuid"),
                                wanted.stream().filter(name -> help.contains('"' + name + '"')))
                        .toList();
        var command =
                new ProcessBuilder(
                        program,
                        "--query-gpu=" + String.join(",", columns),
                        "--format=csv,noheader,nounits",
                        "--loop-ms=" + PERIOD.toMillis());
        command.environment().put("TZ", "UTC");
        command.redirectErrorStream(true);
        var log = new SmiLog(columns, command.start());
        log.reader.start();
        return log;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    /** The columns that are logged, without time and UUID. */
    List<String> columns() {
        return columns.subList(2, columns.size());
    }

    /** Every line so far. */
    List<Row> rows() {
        return new ArrayList<>(rows);
    }

    private void read() {
        try (var lines = new BufferedReader(process.inputReader(UTF_8))) {
            int count = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var row = parse(columns, line);
                if (row == null) {
                    System.err.println("nvidia-smi says: " + line);
                } else if (count++ < MAX_ROWS) {
                    rows.add(row);
                }
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A line of the log, or null where it is none. */
    static @Nullable Row parse(List<String> columns, String line) {
        var cells = line.split(", ", -1);
        if (cells.length != columns.size()) {
            return null;
        }
        var byName = new HashMap<String, String>();
        for (int index = 0; index < cells.length; index++) {
            byName.put(columns.get(index), cells[index].strip());
        }
        try {
            var at = LocalDateTime.parse(cells[0].strip(), TIME).toInstant(ZoneOffset.UTC);
            return new Row(at, cells[1].strip(), byName);
        } catch (DateTimeParseException ignored) {
            return null;
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
