package gpuanalytics.producer.source.smi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.producer.SourceKind;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real pipes and files that are written while they are read. */
@Timeout(60)
final class SmiSourceTest {

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String HEADER =
            "timestamp, index, uuid, name, utilization.gpu [%], power.draw [W], memory.used"
                    + " [MiB]\n";

    @TempDir private Path folder;

    private final Map<String, String> environment =
            new HashMap<>(
                    Map.of(
                            "NVIDIA_SMI_ZONE", "UTC",
                            "NVIDIA_SMI_POLL_MS", "10",
                            "NVIDIA_SMI_RETRY_MS", "20"));
    private final List<Event> taken = new ArrayList<>();

    /** A line as nvidia-smi writes it, so many seconds before ten o'clock. */
    private static String row(int secondsBefore, int gpu, String power) {
        return "2026/11/28 09:59:%02d.500, %d, GPU-%d, NVIDIA H100 80GB HBM3, 7 %%, %s, 5 MiB%n"
                .formatted(60 - secondsBefore, gpu, gpu, power);
    }

    private SmiOptions options(String inputs) {
        environment.put("NVIDIA_SMI_INPUTS", inputs);
        var env = new EnvironmentReader(environment);
        var common =
                new SourceConfig.Common(
                        "localhost:9092",
                        20,
                        Optional.of(2.5),
                        EventLimits.defaults(),
                        KubernetesAccess.read(env));
        var options = SmiOptions.read(env, common, true);
        env.check();
        return options;
    }

    private SmiSource started(Object inputs) {
        var source = new SmiSource(options(inputs.toString()), clock(), () -> {});
        source.start();
        return source;
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private Path pipe(String name) throws Exception {
        var pipe = folder.resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        return pipe;
    }

    private static OutputStream writer(Path pipe) throws IOException {
        // waits for a reader: it is there once the source has started
        return Files.newOutputStream(pipe, StandardOpenOption.WRITE);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** All samples so far, once there are so many. */
    private List<Event> samples(SmiSource source, int count) throws Exception {
        Waiting.until(
                () -> count + " samples, had " + taken + source.droppedRows() + health(source),
                LIMIT,
                () -> {
                    taken.addAll(source.take(NOW, 1000));
                    return taken.size() >= count;
                });
        assertEquals(count, taken.size());
        return taken;
    }

    private static List<Double> powers(List<Event> samples) {
        return samples.stream().map(sample -> sample.require(GpuMetric.POWER_W)).toList();
    }

    private static HealthReport.Part health(SmiSource source) {
        source.nextDue(NOW);
        return source.health();
    }

    private static void awaitHealth(SmiSource source, String detail) throws Exception {
        Waiting.until(
                () -> detail + ", is " + source.health(),
                LIMIT,
                () -> health(source).detail().contains(detail));
    }

    private static void awaitDropped(SmiSource source, Map<String, Long> rows) throws Exception {
        Waiting.until(
                () -> rows + ", is " + source.droppedRows(),
                LIMIT,
                () -> source.droppedRows().equals(rows));
    }

    @Test
    void samplesOfAPipeAreThoseOfItsWriters() throws Exception {
        var pipe = pipe("smi");
        try (var source = started(pipe)) {
            try (var writer = writer(pipe)) {
                write(writer, "\uFEFF" + HEADER + row(9, 0, "700.5 W") + row(9, 1, "[N/A]"));
                samples(source, 2);
                assertEquals("inputs giving samples: 1 of 1", health(source).detail());
                assertTrue(source.health().up());
                assertFalse(source.ended());
            }
            awaitHealth(source, pipe + " has no writer");
            assertFalse(source.health().up());

            try (var next = writer(pipe)) {
                write(next, "timestamp, uuid, power.draw [W]\r\n");
                write(next, "2026/11/28 09:59:59.000, GPU-9, 9 W\r\n");
                samples(source, 3);
                assertTrue(health(source).up());
            }
        }

        var first = taken.getFirst();
        assertEquals(Instant.parse("2026-11-28T09:59:51.500Z"), first.ts());
        assertEquals("nvidia-smi", first.get(GpuMetric.SOURCE));
        assertEquals(1.0, first.get(GpuMetric.INTERVAL_S));
        assertEquals(2.5, first.get(GpuMetric.PRICE_PER_HOUR_USD));
        assertEquals(
                Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                first.get(GpuMetric.HOST));
        assertEquals("GPU-0", first.get(GpuMetric.GPU_UUID));
        assertEquals(0.07, first.require(GpuMetric.UTILIZATION), 1e-9);
        assertEquals(5L << 20, first.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(700.5, first.get(GpuMetric.POWER_W));
        assertNull(taken.get(1).get(GpuMetric.POWER_W), "absent is not zero");
        assertEquals("GPU-9", taken.get(2).get(GpuMetric.GPU_UUID));
    }

    @Test
    void aPipeOrFileThatComesLaterIsWaitedForAndItsGapStaysAGap() throws Exception {
        var pipe = folder.resolve("later");
        var file = folder.resolve("later.csv");
        try (var source = started("node-1=" + pipe + ",node-2=" + file)) {
            awaitHealth(source, pipe + " does not exist; " + file + " does not exist");
            assertEquals(Instant.MAX, source.nextDue(NOW));

            append(file, HEADER + row(8, 0, "8 W"));
            samples(source, 1);
            assertTrue(
                    health(source).detail().startsWith("inputs giving samples: 1 of 2; " + pipe));

            pipe("later");
            try (var writer = writer(pipe)) {
                write(writer, HEADER + row(7, 1, "7 W"));
                samples(source, 2);
            }
        }
        assertEquals(
                List.of("node-2", "node-1"),
                taken.stream().map(sample -> sample.require(GpuMetric.HOST)).toList());
    }

    @Test
    void aPipeThatIsReplacedIsReadAgain() throws Exception {
        var pipe = pipe("smi");
        try (var source = started(pipe)) {
            awaitHealth(source, "has no writer");
            Files.delete(pipe);
            awaitHealth(source, pipe + " does not exist");
            pipe("smi");
            try (var writer = writer(pipe)) {
                write(writer, HEADER + row(7, 1, "7 W"));
                samples(source, 1);
            }
        }
    }

    @Test
    void aFileIsFollowedFromItsEndAsItGrowsIsCutAndIsReplaced() throws Exception {
        var file = folder.resolve("smi.csv");
        append(file, HEADER + row(20, 0, "20 W") + "2026/11/28 09:59:");
        try (var source = started(file)) {
            awaitHealth(source, "has given no sample yet");

            append(file, "41.000, 0, GPU-0, H100, 7 %, 19 W, 5 MiB\n" + row(18, 0, "18 W"));
            assertEquals(List.of(19.0, 18.0), powers(samples(source, 2)));

            // as logrotate does with copytruncate: its writer goes on, without a header
            Files.write(file, new byte[0]);
            append(file, row(17, 0, "17 W"));
            samples(source, 3);

            // as it does otherwise; what was written until then is read, also in the old file
            append(file, row(16, 0, "16 W"));
            Files.move(file, folder.resolve("smi.csv.1"));
            awaitHealth(source, file + " does not exist");
            append(file, "uuid, timestamp, power.draw [W]\nGPU-0, 2026/11/28 09:59:45.0");
            append(file, "00, 15 W\n");
            samples(source, 5);

            var other = folder.resolve("other");
            append(other, HEADER + row(14, 0, "14 W"));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            samples(source, 6);
            assertEquals(Map.of(), source.droppedRows());
        }
        assertEquals(List.of(19.0, 18.0, 17.0, 16.0, 15.0, 14.0), powers(taken));
    }

    @Test
    void theHoleOfAFileThatIsCutUnderItsWriterIsNoPartOfItsLine() throws Exception {
        var file = folder.resolve("smi.csv");
        try (var source = started(file)) {
            awaitHealth(source, "does not exist");
            append(file, HEADER + "\0".repeat(100_000) + row(9, 0, "9 W"));
            samples(source, 1);
        }
    }

    @Test
    void garbageIsDroppedWithItsReasonAndTheNextLineIsRead() throws Exception {
        environment.put("NVIDIA_SMI_MAX_LINE_BYTES", "1024");
        var pipe = pipe("smi");
        try (var source = started(pipe)) {
            try (var writer = writer(pipe)) {
                write(writer, row(9, 0, "too early W"));
                write(writer, HEADER + "\n");
                write(writer, "Unable to determine the device handle for GPU0: GPU is lost.\n");
                write(writer, row(9, 0, "9 W").strip() + ", 5\n");
                write(writer, "x".repeat(5_000_000) + "\n");
                write(writer, "yesterday" + row(9, 0, "9 W").substring(23));
                write(writer, row(9, 0, "much W"));
                write(writer, row(9, 0, "-9 W"));
                write(writer, row(9, 0, "9 W"));
                write(writer, row(9, 0, "9 W"));
                write(writer, "2027" + row(9, 0, "9 W").substring(4));
                write(writer, "\"" + row(8, 0, "8 W"));
                write(writer, row(7, 0, "7 W") + row(6, 0, "666 W").substring(0, 64));
            }
            assertEquals(List.of(9.0, 7.0), powers(samples(source, 2)));
            awaitDropped(
                    source,
                    Map.of(
                            "no_header", 1L,
                            "too_few_cells", 1L,
                            "too_many_cells", 1L,
                            "line_too_long", 1L,
                            "bad_time", 2L,
                            "bad_number", 1L,
                            "out_of_range", 1L,
                            "duplicate", 1L,
                            "from_the_future", 1L,
                            "unfinished_line", 1L));
            assertTrue(SmiSource.dropReasons().containsAll(source.droppedRows().keySet()));
            var first = source.refusedRows().getFirst();
            assertTrue(first.first().contains(pipe.toString()), first.toString());
        }
    }

    @Test
    void whyAnInputIsSilentIsSaid() throws Exception {
        var file = folder.resolve("smi.csv");
        try (var source = started(file)) {
            awaitHealth(source, "does not exist");
            append(file, row(9, 0, "9 W"));
            awaitHealth(source, "has given no sample yet, its rows are dropped: no_header");
            append(file, HEADER + row(9, 0, "9 W"));
            samples(source, 1);

            source.nextDue(NOW.plusSeconds(21));
            assertTrue(source.health().up());
            source.nextDue(NOW.plusSeconds(22));
            assertFalse(source.health().up());
            assertEquals(
                    "inputs giving samples: 0 of 1; "
                            + file
                            + " has given no sample since 2026-11-28T09:59:51.500Z",
                    source.health().detail());
        }
    }

    @Test
    void anIntervalThatIsNotThatOfTheLinesIsNamed() throws Exception {
        environment.put("NVIDIA_SMI_SILENCE_S", "3600");
        var file = folder.resolve("smi.csv");
        try (var source = started(file)) {
            awaitHealth(source, "does not exist");
            var rows = new StringBuilder(HEADER);
            for (int seconds = 55; seconds > 5; seconds -= 5) {
                rows.append(row(seconds, 0, "9 W")).append(row(seconds, 1, "9 W"));
            }
            append(file, rows.toString());
            samples(source, 20);

            assertEquals(
                    "inputs giving samples: 0 of 1; "
                            + file
                            + " has a sample of a GPU every 5.0 s, expected"
                            + " NVIDIA_SMI_INTERVAL_MS (1000) to say so",
                    health(source).detail());
        }
    }

    @Test
    void withoutTimesALineIsOfWhenItCameAndWithoutAHeaderOfTheColumnsThatAreConfigured()
            throws Exception {
        environment.put("NVIDIA_SMI_COLUMNS", "index,power.draw,temperature.gpu");
        environment.put("NVIDIA_SMI_INTERVAL_MS", "500");
        var pipe = pipe("smi");
        try (var source = started(pipe);
                var writer = writer(pipe)) {
            write(writer, "0, 71.5, [N/A]\n1, 72.5, 40\n");
            samples(source, 2);
        }
        assertEquals(List.of(NOW, NOW), taken.stream().map(Event::ts).toList());
        assertEquals(List.of(71.5, 72.5), powers(taken));
        assertEquals(0.5, taken.getFirst().get(GpuMetric.INTERVAL_S));
        assertNull(taken.getFirst().get(GpuMetric.TEMP_C));
    }

    @Test
    void rowsOfSeveralGpusThatNothingTellsApartAreNotThoseOfOne() throws Exception {
        var file = folder.resolve("smi.csv");
        try (var source = started(file)) {
            awaitHealth(source, "does not exist");
            append(
                    file,
                    """
                    timestamp, power.draw [W]
                    2026/11/28 09:59:50.000, 5 W
                    2026/11/28 09:59:50.007, 6 W
                    2026/11/28 09:59:51.003, 7 W
                    2026/11/28 09:59:51.009, 8 W
                    """);
            awaitDropped(source, Map.of("duplicate", 2L));
            assertEquals(List.of(5.0, 7.0), powers(samples(source, 2)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, 2026-10-25T02:30, 2026-10-25T02:30:00Z, 2026-10-25T02:30:00Z",
        "Europe/Berlin, 2026-10-25T02:30, 2026-10-25T00:30:01Z, 2026-10-25T00:30:00Z",
        "Europe/Berlin, 2026-10-25T02:30, 2026-10-25T01:30:01Z, 2026-10-25T01:30:00Z",
        "Europe/Berlin, 2026-03-29T02:30, 2026-03-29T01:30:00Z, 2026-03-29T01:30:00Z",
        "America/New_York, 2026-07-01T12:00, 2026-07-01T16:00:00Z, 2026-07-01T16:00:00Z",
    })
    void timesAreThoseOfTheZoneThatAreOfNow(
            String zone, LocalDateTime time, Instant now, Instant expected) {
        assertEquals(expected, SmiRows.ofNow(time, ZoneId.of(zone), now));
    }

    @Test
    void standardInputIsReadToItsEnd() throws Exception {
        var pipe = pipe("standard-input");
        var script = HEADER + row(9, 0, "9 W") + row(8, 0, "8 W") + "2026/11";
        var writer = Thread.ofVirtual().start(() -> writeAll(pipe, script));
        try (var source =
                new SmiSource(options("-"), () -> standardInput(pipe), clock(), () -> {})) {
            source.start();
            Waiting.until(
                    () -> "two samples, then the end; " + health(source),
                    LIMIT,
                    () -> {
                        taken.addAll(source.take(NOW, 1));
                        return source.ended();
                    });
            assertEquals(List.of(9.0, 8.0), powers(taken));
            assertEquals(Map.of("unfinished_line", 1L), source.droppedRows());
            assertTrue(health(source).detail().endsWith("- has ended"));
        }
        writer.join();
    }

    private static void writeAll(Path pipe, String text) {
        try (var out = writer(pipe)) {
            write(out, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel standardInput(Path pipe) {
        try {
            return FileChannel.open(pipe, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each way in which an input may wait when it is closed. */
    enum Waiter {
        ABSENT,
        NO_WRITER,
        SILENT_WRITER,
        FILE,
        FULL
    }

    @ParameterizedTest
    @EnumSource
    void closingDoesNotWaitForAnInputThatWaits(Waiter waiter) throws Exception {
        environment.put("NVIDIA_SMI_MAX_WAITING", "1");
        environment.put("NVIDIA_SMI_RETRY_MS", "600000");
        environment.put("NVIDIA_SMI_POLL_MS", waiter == Waiter.FULL ? "10" : "60000");
        var path =
                switch (waiter) {
                    case ABSENT -> folder.resolve("absent");
                    case FILE, FULL -> Files.writeString(folder.resolve("smi.csv"), HEADER);
                    case NO_WRITER, SILENT_WRITER -> pipe("smi");
                };
        // a writer of its own: it opens the pipe before the source looks whether there is one
        var silent =
                waiter == Waiter.SILENT_WRITER
                        ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        : null;
        var source = started(path);
        switch (waiter) {
            case ABSENT -> awaitHealth(source, "does not exist");
            case NO_WRITER -> awaitHealth(source, "has no writer");
            case SILENT_WRITER -> awaitBlocked();
            case FILE -> awaitHealth(source, "has given no sample yet");
            case FULL -> {
                awaitHealth(source, "has given no sample yet");
                append(path, row(9, 0, "9 W") + row(8, 0, "8 W"));
                awaitBlocked();
            }
        }
        var before = threads();

        long begun = System.nanoTime();
        source.close();

        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(1), "it waited");
        assertEquals(1, before.size());
        assertEquals(List.of(), threads());
        if (silent != null) {
            silent.close();
        }
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nvidia-smi-" + folder))
                .toList();
    }

    /** Until the reader is within a read of a pipe, or waits for room. */
    private void awaitBlocked() throws Exception {
        Waiting.until(
                "a reader that waits",
                LIMIT,
                () ->
                        threads().stream()
                                .flatMap(thread -> List.of(thread.getStackTrace()).stream())
                                .map(StackTraceElement::getMethodName)
                                .anyMatch(name -> name.equals("read0") || name.equals("put")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "NVIDIA_SMI_INPUTS | ' ' | NVIDIA_SMI_INPUTS names 0 inputs, expected 1 to 100 with"
                        + " SOURCE nvidia-smi",
                "NVIDIA_SMI_INPUTS | a,b,a | NVIDIA_SMI_INPUTS names a twice, expected each once",
                "NVIDIA_SMI_INPUTS | -,- | NVIDIA_SMI_INPUTS names - twice, expected each once",
                "NVIDIA_SMI_INPUTS | =/run/smi | NVIDIA_SMI_INPUTS is =/run/smi, expected PATH or"
                        + " HOST=PATH",
                "NVIDIA_SMI_INPUTS | node-1= | NVIDIA_SMI_INPUTS is node-1=, expected PATH or"
                        + " HOST=PATH",
                "NVIDIA_SMI_COLUMNS | uuid,watts | NVIDIA_SMI_COLUMNS is uuid,watts, expected the"
                        + " fields of --query-gpu, such as timestamp,uuid,utilization.gpu",
                "NVIDIA_SMI_ZONE | Berlin | NVIDIA_SMI_ZONE is Berlin, expected a time zone such as"
                        + " UTC or Europe/Berlin",
                "NVIDIA_SMI_INTERVAL_MS | 9 | NVIDIA_SMI_INTERVAL_MS is 9, expected a whole number"
                        + " from 10 to 3600000",
                "NVIDIA_SMI_SILENCE_S | 0 | NVIDIA_SMI_SILENCE_S is 0, expected a whole number from"
                        + " 1 to 86400",
                "NVIDIA_SMI_POLL_MS | soon | NVIDIA_SMI_POLL_MS is soon, expected a whole number"
                        + " from 10 to 60000",
                "NVIDIA_SMI_RETRY_MS | 1 | NVIDIA_SMI_RETRY_MS is 1, expected a whole number from"
                        + " 10 to 600000",
                "NVIDIA_SMI_MAX_LINE_BYTES | 2 MiB | NVIDIA_SMI_MAX_LINE_BYTES is 2 MiB, expected"
                        + " bytes such as 8388608 or 8 MiB, from 1 KiB to 1 MiB",
                "NVIDIA_SMI_MAX_WAITING | 0 | NVIDIA_SMI_MAX_WAITING is 0, expected a whole number"
                        + " from 1 to 1000000",
            })
    void aBadValueIsNamedInOneLine(String name, String value, String expected) {
        var all = new HashMap<>(Map.of("SOURCES", "nvidia-smi", "NVIDIA_SMI_INPUTS", "/run/smi"));
        all.put(name, value.replace("'", ""));

        var refused =
                assertThrows(
                        ConfigurationException.class, () -> ProducerConfig.fromEnvironment(all));

        assertEquals(List.of(expected), refused.errors());
    }

    @Test
    void aFolderIsRefusedAtTheStart() {
        var config =
                ProducerConfig.fromEnvironment(
                        Map.of(
                                "SOURCES",
                                "nvidia-smi,synthetic",
                                "NVIDIA_SMI_INPUTS",
                                folder.toString()));
        var smi = Objects.requireNonNull(config.sources().get(SourceKind.NVIDIA_SMI));

        var refused =
                assertThrows(
                        ConfigurationException.class, () -> smi.open(clock(), () -> {}).close());

        assertEquals(
                List.of(
                        "NVIDIA_SMI_INPUTS is %s, a directory, expected a pipe or a file"
                                .formatted(folder)),
                refused.errors());
    }

    @Test
    void aPathMayHoldWhatSeparatesAHost() {
        var input = options("/data/day=1/smi.csv").inputs().getFirst();

        assertEquals(Path.of("/data/day=1/smi.csv"), input.path());
        assertEquals(Path.of("/x"), options("n=/x").inputs().getFirst().path());
    }
}
