package gpuanalytics.producer.source.synthetic;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import java.time.Instant;

/**
 * What the sensors of a simulated GPU read: integrals over the interval of a sample of what its
 * running requests make it do.
 */
final class GpuMeter {

    private static final double AMBIENT_C = 30;
    private static final double FULL_LOAD_RISE_C = 48;
    private static final double THERMAL_SECONDS = 30;

    /** A single request already keeps the memory interface and a part of the SMs busy. */
    private static final double BUSY_POWER_SHARE = 0.3;

    private static final double BUSY_SM_SHARE = 0.25;
    private static final double IDLE_CLOCK_SHARE = 0.15;
    private static final double THROTTLE_POWER_SHARE = 0.97;
    private static final double PCIE_IDLE_BPS = 2e5;
    private static final double PCIE_BPS_PER_REQUEST = 4e5;

    private final FleetGpu gpu;
    private final ServingModel serving;
    private long timeUs;
    private long sampleFromUs;
    private double temperatureC = AMBIENT_C;
    private double energyJ;
    private double throttleSeconds;

    // integrals since sampleFromUs, each a reading times seconds
    private double busy;
    private double compute;
    private double dram;
    private double watts;
    private double cacheTokens;
    private double requests;

    GpuMeter(FleetGpu gpu, ServingModel serving, long startUs) {
        this.gpu = gpu;
        this.serving = serving;
        this.timeUs = startUs;
        this.sampleFromUs = startUs;
    }

    /** When the interval of the next sample began. */
    long sampleFromUs() {
        return sampleFromUs;
    }

    /** Lets the time go on to {@code untilUs} with this many requests running. */
    void advance(long untilUs, int running, long runningTokens) {
        double seconds = (untilUs - timeUs) / 1e6;
        timeUs = untilUs;
        double share = serving.computeShare(running);
        double power = watts(running, share);
        if (running > 0) {
            busy += seconds;
            dram += seconds * (0.75 - 0.35 * share);
        }
        compute += seconds * share;
        watts += seconds * power;
        energyJ += seconds * power;
        cacheTokens += seconds * runningTokens;
        requests += seconds * running;
        double target = AMBIENT_C + FULL_LOAD_RISE_C * power / gpu.model().maxWatts();
        temperatureC += (target - temperatureC) * (1 - StrictMath.exp(-seconds / THERMAL_SECONDS));
        if (power > THROTTLE_POWER_SHARE * gpu.model().maxWatts()) {
            throttleSeconds += seconds;
        }
    }

    private double watts(int running, double share) {
        var model = gpu.model();
        if (running == 0) {
            return model.idleWatts();
        }
        double load = BUSY_POWER_SHARE + (1 - BUSY_POWER_SHARE) * share;
        return model.idleWatts() + (model.maxWatts() - model.idleWatts()) * load;
    }

    /** The sample of the interval that ends now; the next one begins. */
    Event sample() {
        double seconds = (timeUs - sampleFromUs) / 1e6;
        double busyShare = busy / seconds;
        double computeShare = compute / seconds;
        var model = gpu.model();
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.TS, Instant.ofEpochMilli(timeUs / 1000))
                        .set(GpuMetric.HOST, gpu.host())
                        .set(GpuMetric.GPU_INDEX, gpu.gpuIndex())
                        .set(GpuMetric.GPU_UUID, gpu.gpuUuid())
                        .set(GpuMetric.NAME, model.name())
                        .set(GpuMetric.NODE, gpu.host())
                        .set(GpuMetric.NAMESPACE, SyntheticSource.NAMESPACE)
                        .set(GpuMetric.POD, GpuSimulator.pod(gpu))
                        .set(GpuMetric.CONTAINER, "server")
                        .set(GpuMetric.TEAM, gpu.team())
                        .set(GpuMetric.UTILIZATION, rounded(Math.min(busyShare, 1), 1e4))
                        .set(
                                GpuMetric.SM_ACTIVE,
                                rounded(BUSY_SM_SHARE * busyShare + 0.65 * computeShare, 1e4))
                        .set(GpuMetric.TENSOR_ACTIVE, rounded(0.6 * computeShare, 1e4))
                        .set(GpuMetric.DRAM_ACTIVE, rounded(dram / seconds, 1e4))
                        .set(GpuMetric.MEM_USED_BYTES, memoryUsed(cacheTokens / seconds))
                        .set(GpuMetric.MEM_TOTAL_BYTES, model.memoryBytes())
                        .set(GpuMetric.POWER_W, rounded(watts / seconds, 1e3))
                        .set(GpuMetric.ENERGY_J_TOTAL, rounded(energyJ, 1e3))
                        .set(GpuMetric.TEMP_C, rounded(temperatureC, 10))
                        .set(GpuMetric.SM_CLOCK_HZ, model.smClockHz() * clockShare(busyShare))
                        .set(GpuMetric.MEM_CLOCK_HZ, model.memoryClockHz())
                        .set(GpuMetric.PCIE_TX_BPS, pcie(0.4, seconds))
                        .set(GpuMetric.PCIE_RX_BPS, pcie(0.6, seconds))
                        .set(GpuMetric.XID, 0L)
                        .set(GpuMetric.THROTTLE_S_TOTAL, rounded(throttleSeconds, 1e3))
                        .set(GpuMetric.PRICE_PER_HOUR_USD, gpu.pricePerHourUsd())
                        .set(GpuMetric.INTERVAL_S, seconds)
                        .set(GpuMetric.SOURCE, SyntheticSource.NAME)
                        .build();
        beginInterval();
        return sample;
    }

    private void beginInterval() {
        sampleFromUs = timeUs;
        busy = 0;
        compute = 0;
        dram = 0;
        watts = 0;
        cacheTokens = 0;
        requests = 0;
    }

    private long memoryUsed(double meanCacheTokens) {
        double used =
                gpu.serves().weightBytes()
                        + ServingModel.RUNTIME_BYTES
                        + meanCacheTokens * gpu.serves().cacheBytesPerToken();
        return Math.min(Math.round(used), gpu.model().memoryBytes());
    }

    private double pcie(double share, double seconds) {
        return Math.rint(PCIE_IDLE_BPS + PCIE_BPS_PER_REQUEST * share * requests / seconds);
    }

    private static double clockShare(double busyShare) {
        return rounded(IDLE_CLOCK_SHARE + (1 - IDLE_CLOCK_SHARE) * busyShare, 100);
    }

    private static double rounded(double value, double steps) {
        return Math.rint(value * steps) / steps;
    }
}
