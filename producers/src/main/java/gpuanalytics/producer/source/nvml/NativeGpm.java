package gpuanalytics.producer.source.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.GpmReading;
import gpuanalytics.producer.source.nvml.Nvml.GpmSample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The performance monitoring of Hopper and later GPUs ({@code nvmlGpm*}). */
final class NativeGpm {

    // #define NVML_GPM_SUPPORT_VERSION 1, #define NVML_GPM_METRICS_GET_VERSION 1
    private static final int VERSION = 1;

    // nvmlGpmMetricId_t: SM_UTIL 2, ANY_TENSOR_UTIL 5 and DRAM_BW_UTIL 10 in percent,
    // PCIE_TX_PER_SEC 20 and PCIE_RX_PER_SEC 21 in MiB/s
    private static final int[] METRICS = {2, 5, 10, 20, 21};
    private static final double PERCENT = 0.01;
    private static final double MIB = 1 << 20;

    // typedef struct { unsigned int version; unsigned int isSupportedDevice; } nvmlGpmSupport_t;
    private static final StructLayout SUPPORT =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("version"), JAVA_INT.withName("isSupportedDevice"));

    // typedef struct { unsigned int metricId; nvmlReturn_t nvmlReturn; double value;
    // struct { char *shortName; char *longName; char *unit; } metricInfo; } nvmlGpmMetric_t;
    private static final StructLayout METRIC =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("metricId"),
                    JAVA_INT.withName("nvmlReturn"),
                    JAVA_DOUBLE.withName("value"),
                    ADDRESS.withName("shortName"),
                    ADDRESS.withName("longName"),
                    ADDRESS.withName("unit"));

    // typedef struct { unsigned int version; unsigned int numMetrics; nvmlGpmSample_t sample1;
    // nvmlGpmSample_t sample2; nvmlGpmMetric_t metrics[NVML_GPM_METRIC_MAX]; }
    // nvmlGpmMetricsGet_t;
    private static final StructLayout METRICS_GET =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("version"),
                    JAVA_INT.withName("numMetrics"),
                    JAVA_LONG.withName("sample1"),
                    JAVA_LONG.withName("sample2"));

    /**
     * NVML_GPM_METRIC_MAX has grown from 98 to 477 without a new version: the library may touch as
     * many as it knows, so the memory is larger than any header asks for.
     */
    private static final int MAX_METRICS = 1024;

    private static final long METRIC_ID = offset(METRIC, "metricId");
    private static final long METRIC_RETURN = offset(METRIC, "nvmlReturn");
    private static final long METRIC_VALUE = offset(METRIC, "value");

    private final NvmlFunction queryDeviceSupport;
    private final NvmlFunction sampleAlloc;
    private final NvmlFunction sampleFree;
    private final NvmlFunction sampleGet;
    private final NvmlFunction migSampleGet;
    private final NvmlFunction metricsGet;

    NativeGpm(SymbolLookup symbols) {
        this.queryDeviceSupport =
                NvmlFunction.find(symbols, "nvmlGpmQueryDeviceSupport", JAVA_LONG, ADDRESS);
        this.sampleAlloc = NvmlFunction.find(symbols, "nvmlGpmSampleAlloc", ADDRESS);
        this.sampleFree = NvmlFunction.find(symbols, "nvmlGpmSampleFree", JAVA_LONG);
        this.sampleGet = NvmlFunction.find(symbols, "nvmlGpmSampleGet", JAVA_LONG, JAVA_LONG);
        this.migSampleGet =
                NvmlFunction.find(symbols, "nvmlGpmMigSampleGet", JAVA_LONG, JAVA_INT, JAVA_LONG);
        this.metricsGet = NvmlFunction.find(symbols, "nvmlGpmMetricsGet", ADDRESS);
    }

    boolean supports(Device device) {
        try (var arena = Arena.ofConfined()) {
            var support = arena.allocate(SUPPORT);
            support.set(JAVA_INT, offset(SUPPORT, "version"), VERSION);
            return queryDeviceSupport.gives(device.handle(), support)
                    && support.get(JAVA_INT, offset(SUPPORT, "isSupportedDevice")) != 0;
        }
    }

    GpmSample allocate() {
        try (var arena = Arena.ofConfined()) {
            var sample = arena.allocate(JAVA_LONG);
            sampleAlloc.require(sample);
            return new GpmSample(sample.get(JAVA_LONG, 0));
        }
    }

    void free(GpmSample sample) {
        sampleFree.call(sample.handle());
    }

    boolean read(Device device, OptionalInt gpuInstance, GpmSample into) {
        return gpuInstance.isPresent()
                ? migSampleGet.gives(device.handle(), gpuInstance.getAsInt(), into.handle())
                : sampleGet.gives(device.handle(), into.handle());
    }

    @Nullable GpmReading between(GpmSample before, GpmSample after) {
        try (var arena = Arena.ofConfined()) {
            var get =
                    arena.allocate(
                            METRICS_GET.byteSize() + MAX_METRICS * METRIC.byteSize(),
                            METRICS_GET.byteAlignment());
            get.set(JAVA_INT, offset(METRICS_GET, "version"), VERSION);
            get.set(JAVA_INT, offset(METRICS_GET, "numMetrics"), METRICS.length);
            get.set(JAVA_LONG, offset(METRICS_GET, "sample1"), before.handle());
            get.set(JAVA_LONG, offset(METRICS_GET, "sample2"), after.handle());
            for (int index = 0; index < METRICS.length; index++) {
                get.set(JAVA_INT, metric(index) + METRIC_ID, METRICS[index]);
            }
            if (!metricsGet.gives(get)) {
                return null;
            }
            return new GpmReading(
                    value(get, 0, PERCENT),
                    value(get, 1, PERCENT),
                    value(get, 2, PERCENT),
                    value(get, 3, MIB),
                    value(get, 4, MIB));
        }
    }

    private static @Nullable Double value(MemorySegment get, int index, double scale) {
        boolean given = get.get(JAVA_INT, metric(index) + METRIC_RETURN) == 0;
        double value = get.get(JAVA_DOUBLE, metric(index) + METRIC_VALUE);
        return given && Double.isFinite(value) ? value * scale : null;
    }

    private static long metric(int index) {
        return METRICS_GET.byteSize() + index * METRIC.byteSize();
    }

    private static long offset(StructLayout layout, String name) {
        return layout.byteOffset(PathElement.groupElement(name));
    }
}
