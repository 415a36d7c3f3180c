package gpuanalytics.producer.source.nvml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.GpmReading;
import gpuanalytics.producer.source.nvml.Nvml.Memory;
import gpuanalytics.producer.source.nvml.Nvml.MigInstance;
import gpuanalytics.producer.source.nvml.Nvml.XidEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The binding, against a library in C that has the structures and versions of {@code nvml.h}.
 * Skipped where there is no C compiler.
 */
final class NativeNvmlTest {

    private static final int NO_INSTANCE = -1;
    private static final int NOT_SUPPORTED = 3;
    private static final int GPU_IS_LOST = 15;

    @TempDir static Path folder;

    private static FakeLibrary library;

    @BeforeAll
    static void compileTheLibrary() throws IOException, InterruptedException {
        library = FakeLibrary.compile(folder);
    }

    @BeforeEach
    void resetTheLibrary() {
        library.reset();
    }

    private static NativeNvml open() {
        return NativeNvml.open(library.path());
    }

    /** A reading, by the function that gives it. */
    record ReadingOf(String function, BiFunction<Nvml, Device, @Nullable Object> read) {
        @Override
        public String toString() {
            return function;
        }
    }

    static Stream<ReadingOf> readings() {
        return Stream.of(
                new ReadingOf("nvmlDeviceGetUtilizationRates", Nvml::utilization),
                new ReadingOf("nvmlDeviceGetMemoryInfo_v2", Nvml::memory),
                new ReadingOf("nvmlDeviceGetPowerUsage", Nvml::powerW),
                new ReadingOf("nvmlDeviceGetTotalEnergyConsumption", Nvml::energyJ),
                new ReadingOf("nvmlDeviceGetTemperature", Nvml::temperatureC),
                new ReadingOf("nvmlDeviceGetClockInfo", Nvml::smClockHz),
                new ReadingOf("nvmlDeviceGetClockInfo", Nvml::memoryClockHz),
                new ReadingOf("nvmlDeviceGetPcieThroughput", Nvml::pcieTxBps),
                new ReadingOf("nvmlDeviceGetPcieThroughput", Nvml::pcieRxBps),
                new ReadingOf("nvmlDeviceGetFieldValues", Nvml::powerThrottleS));
    }

    @Test
    void readsInTheUnitsOfTheContract() {
        try (var nvml = open()) {
            var gpu = nvml.device(0);

            assertEquals("580.159.04", nvml.driverVersion());
            assertEquals(1, nvml.deviceCount());
            assertEquals("GPU-00000000-0000-0000-0000-000000000000", nvml.uuid(gpu));
            assertEquals("NVIDIA H100 80GB HBM3", nvml.name(gpu));
            assertEquals(0.37, nvml.utilization(gpu));
            assertEquals(new Memory(1_234_567_168L, 85_520_809_984L), nvml.memory(gpu));
            assertEquals(123.456, nvml.powerW(gpu));
            assertEquals(41.0, nvml.temperatureC(gpu));
            assertEquals(1.98e9, nvml.smClockHz(gpu));
            assertEquals(2.619e9, nvml.memoryClockHz(gpu));
            assertEquals(1.5e6, nvml.pcieTxBps(gpu));
            assertEquals(2.5e6, nvml.pcieRxBps(gpu));
            assertEquals(2.5, nvml.powerThrottleS(gpu));
            var energy = nvml.energyJ(gpu);
            assertTrue(energy != null && energy >= 5e9, "64 bits of millijoules: " + energy);
        }
    }

    @Test
    void eachGpuAnswersForItself() {
        library.gpus(2);
        library.fail("nvmlDeviceGetPowerUsage", NOT_SUPPORTED, 1);

        try (var nvml = open()) {
            assertEquals(2, nvml.deviceCount());
            assertEquals("GPU-00000000-0000-0000-0000-000000000001", nvml.uuid(nvml.device(1)));
            assertNotNull(nvml.powerW(nvml.device(0)));
            assertNull(nvml.powerW(nvml.device(1)));
        }
    }

    @ParameterizedTest
    @MethodSource("readings")
    void whatTheGpuDoesNotSupportIsAbsent(ReadingOf reading) {
        library.fail(reading.function(), NOT_SUPPORTED);

        try (var nvml = open()) {
            assertNull(reading.read().apply(nvml, nvml.device(0)));
        }
    }

    @ParameterizedTest
    @MethodSource("readings")
    void ofALostGpuEveryReadingSaysSo(ReadingOf reading) {
        library.fail(reading.function(), GPU_IS_LOST);

        try (var nvml = open()) {
            var gpu = nvml.device(0);
            var lost = assertThrows(NvmlException.class, () -> reading.read().apply(nvml, gpu));
            assertEquals(NvmlStatus.GPU_IS_LOST, lost.status());
            assertEquals(reading.function() + " answers NVML_ERROR_GPU_IS_LOST", lost.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    0, NVML_SUCCESS
                    1, NVML_ERROR_UNINITIALIZED
                    2, NVML_ERROR_INVALID_ARGUMENT
                    3, NVML_ERROR_NOT_SUPPORTED
                    4, NVML_ERROR_NO_PERMISSION
                    5, NVML_ERROR_ALREADY_INITIALIZED
                    6, NVML_ERROR_NOT_FOUND
                    7, NVML_ERROR_INSUFFICIENT_SIZE
                    8, NVML_ERROR_INSUFFICIENT_POWER
                    9, NVML_ERROR_DRIVER_NOT_LOADED
                    10, NVML_ERROR_TIMEOUT
                    11, NVML_ERROR_IRQ_ISSUE
                    12, NVML_ERROR_LIBRARY_NOT_FOUND
                    13, NVML_ERROR_FUNCTION_NOT_FOUND
                    14, NVML_ERROR_CORRUPTED_INFOROM
                    15, NVML_ERROR_GPU_IS_LOST
                    16, NVML_ERROR_RESET_REQUIRED
                    17, NVML_ERROR_OPERATING_SYSTEM
                    18, NVML_ERROR_LIB_RM_VERSION_MISMATCH
                    19, NVML_ERROR_IN_USE
                    20, NVML_ERROR_MEMORY
                    21, NVML_ERROR_NO_DATA
                    22, NVML_ERROR_VGPU_ECC_NOT_SUPPORTED
                    23, NVML_ERROR_INSUFFICIENT_RESOURCES
                    24, NVML_ERROR_FREQ_NOT_SUPPORTED
                    25, NVML_ERROR_ARGUMENT_VERSION_MISMATCH
                    26, NVML_ERROR_DEPRECATED
                    27, NVML_ERROR_NOT_READY
                    28, NVML_ERROR_GPU_NOT_FOUND
                    29, NVML_ERROR_INVALID_STATE
                    30, NVML_ERROR_RESET_TYPE_NOT_SUPPORTED
                    999, NVML_ERROR_UNKNOWN
                    """)
    void everyStatusIsWhatTheHeaderCallsIt(int code, String symbol) {
        library.fail("nvmlDeviceGetPowerUsage", code);

        assertEquals(symbol, NvmlStatus.of(code).symbol());
        try (var nvml = open()) {
            var gpu = nvml.device(0);
            switch (NvmlStatus.of(code).meaning()) {
                case GIVEN -> assertEquals(123.456, nvml.powerW(gpu));
                case ABSENT -> assertNull(nvml.powerW(gpu));
                case DEVICE_LOST, DRIVER_GONE -> {
                    var lost = assertThrows(NvmlException.class, () -> nvml.powerW(gpu));
                    assertEquals("nvmlDeviceGetPowerUsage answers " + symbol, lost.getMessage());
                }
            }
        }
    }

    @Test
    void aStatusOfANewerLibraryIsAnAbsence() {
        library.fail("nvmlDeviceGetPowerUsage", 12_345);

        try (var nvml = open()) {
            assertNull(nvml.powerW(nvml.device(0)));
        }
    }

    @Test
    void theDriversBlanksAreAbsent() {
        library.blank();

        try (var nvml = open()) {
            var gpu = nvml.device(0);
            assertEquals(new Memory(null, null), nvml.memory(gpu));
            var others = readings().filter(r -> !r.function().contains("Memory")).toList();
            assertEquals(9, others.size());
            others.forEach(r -> assertNull(r.read().apply(nvml, gpu), r.function()));
        }
    }

    @Test
    void aFieldThatFailsByItselfIsAbsent() {
        library.fail("field", NOT_SUPPORTED);

        try (var nvml = open()) {
            assertNull(nvml.powerThrottleS(nvml.device(0)));
        }
    }

    @Test
    void findsMigInstancesBetweenEmptyPlaces() {
        library.instances(3);

        try (var nvml = open()) {
            var instances = nvml.migInstances(nvml.device(0));

            assertEquals(
                    List.of(7, 9, 11), instances.stream().map(MigInstance::gpuInstance).toList());
            var instance = instances.get(1).device();
            assertEquals(new Memory(13_041_664L, 10_200_547_328L), nvml.memory(instance));
            assertNull(nvml.utilization(instance));
            assertNull(nvml.powerW(instance));
        }
    }

    @Test
    void withoutMigThereAreNoInstances() {
        try (var nvml = open()) {
            assertEquals(List.of(), nvml.migInstances(nvml.device(0)));
            library.instances(1);
            library.fail("nvmlDeviceGetMigMode", NOT_SUPPORTED);
            assertEquals(List.of(), nvml.migInstances(nvml.device(0)));
        }
    }

    @Test
    void readsPerformanceCountersOfTheGpuAndOfAnInstance() {
        library.instances(1);

        try (var nvml = open()) {
            var gpu = nvml.device(0);
            assertTrue(nvml.supportsGpm(gpu));
            assertEquals(
                    new GpmReading(0.8, 0.6, 0.4, 3.0 * (1 << 20), 5.0 * (1 << 20)),
                    twoReadings(nvml, gpu, OptionalInt.empty()));
            assertEquals(
                    new GpmReading(0.4, 0.3, 0.2, 1.5 * (1 << 20), 2.5 * (1 << 20)),
                    twoReadings(nvml, gpu, OptionalInt.of(7)));
        }
    }

    private static @Nullable GpmReading twoReadings(Nvml nvml, Device gpu, OptionalInt instance) {
        try (var meter = new GpmMeter(nvml, gpu, instance)) {
            assertNull(meter.read(), "there is nothing before the first");
            return meter.read();
        }
    }

    @Test
    void aCounterThatFailsByItselfIsAbsentAlone() {
        library.fail("gpm metric", NOT_SUPPORTED, 5);

        try (var nvml = open()) {
            var reading = twoReadings(nvml, nvml.device(0), OptionalInt.empty());
            assertNotNull(reading);
            assertNull(reading.tensorActive());
            assertEquals(0.8, reading.smActive());
        }
    }

    @Test
    void readsProcessNumbers() {
        library.process(4242);
        library.process(0x8000_0001);

        try (var nvml = open()) {
            assertEquals(List.of(4242L, 2_147_483_649L), nvml.processes(nvml.device(0)));
        }
    }

    @Test
    void reportsErrorsInTheirOrderAndOnce() {
        library.gpus(2);

        try (var nvml = open()) {
            assertTrue(nvml.watchXids(nvml.device(0)));
            assertTrue(nvml.watchXids(nvml.device(1)));
            library.xid(1, 79, NO_INSTANCE);
            library.xid(0, 31, 7);

            assertEquals(
                    List.of(
                            new XidEvent(nvml.device(1), 79, OptionalInt.empty()),
                            new XidEvent(nvml.device(0), 31, OptionalInt.of(7))),
                    nvml.takeXids());
            assertEquals(List.of(), nvml.takeXids());
        }
    }

    @Test
    void whereTheDriverTellsNoErrorsNoneAreTaken() {
        library.fail("nvmlDeviceRegisterEvents", NOT_SUPPORTED);

        try (var nvml = open()) {
            assertFalse(nvml.watchXids(nvml.device(0)));
            assertEquals(List.of(), nvml.takeXids());
        }
    }

    @Test
    void anOlderLibraryLacksFunctionsAndNothingElse(@TempDir Path other)
            throws IOException, InterruptedException {
        var old = FakeLibrary.compile(other, "-DOLD_LIBRARY");

        try (var nvml = NativeNvml.open(old.path())) {
            assertFalse(nvml.supportsGpm(nvml.device(0)));
            assertEquals(123.456, nvml.powerW(nvml.device(0)));
        }
    }

    @Test
    void closingLeavesNothingBehind() {
        library.instances(2);
        var nvml = open();
        assertTrue(nvml.watchXids(nvml.device(0)));
        var meters = new ArrayList<GpmMeter>();
        meters.add(new GpmMeter(nvml, nvml.device(0), OptionalInt.empty()));
        assertEquals(List.of(1, 1, 2), leftBehind());

        meters.forEach(GpmMeter::close);
        nvml.close();

        assertEquals(List.of(0, 0, 0), leftBehind());
    }

    private static List<Integer> leftBehind() {
        return List.of(library.initialised(), library.eventSets(), library.gpmSamples());
    }

    @Test
    void withoutADriverTheStatusSaysSo() {
        library.fail("nvmlInit_v2", 9);

        var refused = assertThrows(NvmlException.class, NativeNvmlTest::open);

        assertEquals("nvmlInit_v2 answers NVML_ERROR_DRIVER_NOT_LOADED", refused.getMessage());
    }

    @Test
    void aLibraryThatCannotBeLoadedIsNamed(@TempDir Path other) throws IOException {
        var text = Files.writeString(other.resolve("libnvidia-ml.so.1"), "no library");

        assertThrows(IllegalArgumentException.class, () -> NativeNvml.open("libno-such.so.1"));
        assertThrows(IllegalArgumentException.class, () -> NativeNvml.open(text.toString()));
    }
}
