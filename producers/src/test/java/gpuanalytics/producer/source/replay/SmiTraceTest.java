package gpuanalytics.producer.source.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.ReplayOptions.Times;
import gpuanalytics.service.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that nvidia-smi 580.159.04 wrote on a machine with an H100, idle and under load. */
final class SmiTraceTest {

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

    private static final String HEADER =
            "timestamp, index, uuid, name, pci.bus_id, driver_version, utilization.gpu [%],"
                    + " utilization.memory [%], memory.used [MiB], memory.total [MiB],"
                    + " memory.free [MiB], memory.reserved [MiB], power.draw [W],"
                    + " power.draw.average [W], power.draw.instant [W], temperature.gpu,"
                    + " temperature.memory, clocks.current.sm [MHz], clocks.current.memory [MHz],"
                    + " clocks.current.graphics [MHz], mig.mode.current, fan.speed [%],"
                    + " ecc.errors.corrected.volatile.total, clocks_event_reasons.active,"
                    + " clocks_event_reasons_counters.sw_power_cap [us]\n";

    private static final String GPU =
            "0, GPU-0a1b2c3d-0000-1111-2222-333344445555, NVIDIA H100 80GB HBM3,"
                    + " 00000000:00:06.0, 580.159.04";

    private static final String WITH_UNITS =
            "2026/11/27 22:55:23.068, "
                    + GPU
                    + ", 100 %, 32 %, 1203 MiB, 81559 MiB, 79877 MiB, 480 MiB, 701.93 W, 701.93 W,"
                    + " 665.33 W, 62, 58, 1425 MHz, 2619 MHz, 1425 MHz, Disabled, [N/A], 0,"
                    + " 0x0000000000000004, 25208670 us\n";

    private static final String WITHOUT_UNITS =
            "2026/11/27 22:55:23.068, "
                    + GPU
                    + ", 100, 32, 1203, 81559, 79877, 480, 701.93, 701.93, 665.33, 62, 58, 1425,"
                    + " 2619, 1425, Disabled, [N/A], 0, 0x0000000000000004, 25208670\n";

    private static final String IDLE =
            "2026/11/27 22:53:39.165, "
                    + GPU
                    + ", 0 %, 0 %, 0 MiB, 81559 MiB, 81079 MiB, 480 MiB, 71.54 W, 71.54 W, 71.89 W,"
                    + " 39, 42, 345 MHz, 2619 MHz, 345 MHz, Disabled, [N/A], 0,"
                    + " 0x0000000000000001, 0 us\n";

    @TempDir private Path folder;

    private List<Event> events(String content) throws IOException {
        return events(source("gpu-7.csv", content));
    }

    private static List<Event> events(ReplaySource source) {
        var events = new ArrayList<Event>();
        while (!source.ended()) {
            source.nextDue(NOW);
            events.addAll(source.take(NOW, 1000));
        }
        return events;
    }

    private ReplaySource source(String name, String content) throws IOException {
        var file = Files.writeString(folder.resolve(name), content);
        return new ReplaySource(
                new ReplayOptions(
                        List.of(file),
                        OptionalDouble.empty(),
                        false,
                        Optional.empty(),
                        Times.ORIGINAL,
                        Optional.of(2.5),
                        EventLimits.defaults(),
                        false));
    }

    @ParameterizedTest
    @ValueSource(strings = {WITH_UNITS, WITHOUT_UNITS})
    void readsARowInTheUnitsOfTheContract(String row) throws IOException {
        var sample = events(HEADER + row).getFirst();

        assertEquals(Instant.parse("2026-11-27T22:55:23.068Z"), sample.ts());
        assertEquals("gpu-7", sample.get(GpuMetric.HOST));
        assertEquals(0L, sample.get(GpuMetric.GPU_INDEX));
        assertEquals("GPU-0a1b2c3d-0000-1111-2222-333344445555", sample.get(GpuMetric.GPU_UUID));
        assertEquals("NVIDIA H100 80GB HBM3", sample.get(GpuMetric.NAME));
        assertEquals(1.0, sample.get(GpuMetric.UTILIZATION));
        assertEquals(1203L << 20, sample.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(81559L << 20, sample.get(GpuMetric.MEM_TOTAL_BYTES));
        assertEquals(701.93, sample.get(GpuMetric.POWER_W));
        assertEquals(62.0, sample.get(GpuMetric.TEMP_C));
        assertEquals(1.425e9, sample.get(GpuMetric.SM_CLOCK_HZ));
        assertEquals(2.619e9, sample.get(GpuMetric.MEM_CLOCK_HZ));
        assertEquals(25.20867, sample.get(GpuMetric.THROTTLE_S_TOTAL));
        assertEquals(2.5, sample.get(GpuMetric.PRICE_PER_HOUR_USD));
        assertEquals("replay", sample.get(GpuMetric.SOURCE));
        assertNull(sample.get(GpuMetric.INTERVAL_S), "one row has no interval");
    }

    @Test
    void anIdleGpuReadsZeroWhichIsNotAbsent() throws IOException {
        var sample = events(HEADER + IDLE).getFirst();

        assertEquals(0.0, sample.get(GpuMetric.UTILIZATION));
        assertEquals(0L, sample.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(0.0, sample.get(GpuMetric.THROTTLE_S_TOTAL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[N/A]",
                "N/A",
                "[Not Supported]",
                "[Unknown Error]",
                "[GPU requires reset]",
                "[Insufficient Permissions]",
                "ERR!",
                "Not Supported",
                "Unknown Error",
                "",
            })
    void whatNvidiaSmiDoesNotKnowIsAbsent(String cell) throws IOException {
        var sample =
                events(
                                "timestamp, uuid, power.draw [W], memory.used [MiB]\n"
                                        + "2026/11/27 22:55:23.068, GPU-1, "
                                        + cell
                                        + ", 5 MiB\n")
                        .getFirst();

        assertNull(sample.get(GpuMetric.POWER_W));
        assertEquals(5L << 20, sample.get(GpuMetric.MEM_USED_BYTES));
    }

    @Test
    void olderNamesOfColumnsAreKnownAndOrderDoesNotMatter() throws IOException {
        var sample =
                events(
                                "clocks.mem [MHz], gpu_name, clocks.sm [MHz], index, timestamp\n"
                                        + "1593 MHz, Tesla V100, 1380 MHz, 3, 2020/01/02"
                                        + " 03:04:05.006\n")
                        .getFirst();

        assertEquals("Tesla V100", sample.get(GpuMetric.NAME));
        assertEquals(1.38e9, sample.get(GpuMetric.SM_CLOCK_HZ));
        assertEquals(1.593e9, sample.get(GpuMetric.MEM_CLOCK_HZ));
        assertEquals("gpu-7/3", String.valueOf(sample.gpu()));
    }

    @Test
    void theIntervalIsTheUsualStepOfAGpu() throws IOException {
        var rows = new StringBuilder("timestamp, index, utilization.gpu [%]\n");
        for (var time : List.of("00.010", "05.020", "10.010", "15.030", "55.000")) {
            rows.append("2026/11/27 12:00:%s, 0, 7 %%%n".formatted(time));
            rows.append("2026/11/27 12:00:%s, 1, 8 %%%n".formatted(time));
        }

        var samples = events(rows.toString());

        assertEquals(10, samples.size());
        var interval = samples.getFirst().get(GpuMetric.INTERVAL_S);
        assertNotNull(interval);
        assertTrue(interval > 4.9 && interval < 5.1, "interval " + interval);
    }

    @Test
    void aBadRowIsDroppedWithItsReason() throws IOException {
        var source =
                source(
                        "gpu-7.csv",
                        """
                        timestamp, index, utilization.gpu [%], memory.used [MiB]
                        2026/11/27 12:00:00.000, 0, 7 %, 5 MiB
                        2026/11/27 12:00:01.000, 0, much %, 5 MiB
                        2026/11/27 12:00:02.000, 0, 7 %, 5 GiB
                        yesterday, 0, 7 %, 5 MiB
                        , 0, 7 %, 5 MiB
                        timestamp, index, utilization.gpu [%], memory.used [MiB]
                        2026/11/27 12:00:03.000, 0, 700 %, 5 MiB
                        2026/11/27 12:00:04.000, [Unknown Error], 7 %, 5 MiB
                        Unable to determine the device handle for GPU0: GPU is lost.
                        2026/11/27 12:00:05.000, 0, 9 %, 5 MiB
                        """);

        assertEquals(2, events(source).size());
        assertEquals(
                Map.of(
                        "bad_number",
                        2L,
                        "bad_time",
                        2L,
                        "too_few_cells",
                        1L,
                        "missing_value",
                        1L,
                        "out_of_range",
                        2L),
                source.droppedRows());
    }

    @Test
    void withoutAHeaderTheFileSaysWhatIsExpected() {
        var refused = assertThrows(ConfigurationException.class, () -> source("a.csv", WITH_UNITS));

        assertTrue(
                refused.errors().getFirst().contains("timestamp,uuid (nvidia-smi --query-gpu)"),
                refused.errors().toString());
    }

    @Test
    void aFileWithoutUuidAndIndexIsOfOneGpu() throws IOException {
        var source =
                source(
                        "spark-3.csv",
                        """
                        timestamp, name, utilization.gpu [%], memory.used [MiB], power.draw [W]
                        2026/11/20 07:30:00.001, NVIDIA GB10, 11 %, [N/A], 4.20 W
                        2026/11/20 07:30:01.002, NVIDIA GB10, 12 %, [N/A], N/A
                        2026/11/20 07:30:01.002, NVIDIA GB10, 13 %, [N/A], 4.40 W
                        """);

        var samples = events(source);

        assertEquals(2, samples.size());
        assertEquals("spark-3/0", String.valueOf(samples.getFirst().gpu()));
        assertEquals(0.11, samples.getFirst().get(GpuMetric.UTILIZATION));
        assertNull(samples.getFirst().get(GpuMetric.MEM_USED_BYTES));
        assertNull(samples.getLast().get(GpuMetric.POWER_W));
        assertEquals(Map.of("duplicate", 1L), source.droppedRows());
    }

    @Test
    void rowsOfSeveralGpusThatNothingTellsApartAreRefused() {
        var rows = new StringBuilder("timestamp, power.draw [W]\n");
        for (int second = 10; second < 30; second++) {
            for (int gpu = 0; gpu < 4; gpu++) {
                rows.append("2026/11/20 07:30:%d.%03d, %d W%n".formatted(second, gpu * 7, gpu));
            }
        }

        var refused =
                assertThrows(ConfigurationException.class, () -> source("a.csv", rows.toString()));

        assertTrue(
                refused.errors().getFirst().contains("expected uuid or index among the columns"),
                refused.errors().toString());
    }

    @Test
    void aPauseInTheLogOfOneGpuIsNoSecondGpu() throws IOException {
        var rows = new StringBuilder("timestamp, power.draw [W]\n");
        for (int second = 10; second < 60; second++) {
            int minute = second < 30 ? 1 : second < 45 ? 20 : 40;
            rows.append("2026/11/20 07:%02d:%d.000, 5 W%n".formatted(minute, second));
        }

        assertEquals(50, events(rows.toString()).size());
    }

    @Test
    void aSampleIsTheSameWhateverItsFileIsCalledAndHoweverTheFileHasGrown() throws IOException {
        var rows =
                """
                timestamp, index, power.draw [W]
                2026/11/20 07:30:00.001, 0, 4.20 W
                2026/11/20 07:30:00.004, 1, 4.20 W
                """;
        var more = rows + "2026/11/20 07:30:01.001, 0, 4.20 W\n";

        var first = identities(source("node-1.csv", rows));

        assertEquals(2, Set.copyOf(first).size());
        assertEquals(first, identities(source("copy.csv", rows)));
        assertEquals(first, identities(source("node-1.csv", more)).subList(0, 2));
    }

    private static List<String> identities(ReplaySource source) {
        return events(source).stream().map(event -> String.valueOf(EventId.of(event))).toList();
    }

    @Test
    void aPipeIsRefusedAndTheSourceNamedThatReadsOne() throws Exception {
        var pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());

        var refused =
                assertThrows(ConfigurationException.class, () -> TraceFile.inspect(List.of(pipe)));

        assertEquals(
                List.of(
                        pipe
                                + " is a pipe or a device, expected a regular file: it is read more"
                                + " than once; SOURCE nvidia-smi reads what nvidia-smi writes to a"
                                + " pipe"),
                refused.errors());
    }

    @Test
    void aReplayGivesTheSameSamplesAgain() throws IOException {
        assertEquals(events(HEADER + WITH_UNITS), events(HEADER + WITH_UNITS));
        Field<Double> reading = GpuMetric.POWER_W;
        assertEquals(71.54, events(HEADER + IDLE).getFirst().get(reading));
    }
}
