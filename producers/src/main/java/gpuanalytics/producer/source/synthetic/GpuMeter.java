package gpuanalytics.producer.source.synthetic;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import java.time.Instant;

/**
 * What the sensors of a simulated GPU read: integrals over the interval of a sample of what it
 * does.
 */
final class GpuMeter {

    private static final double COOLEST_INLET_C = 26;
    private static final double INLET_RANGE_C = 8;
    private static final double FULL_POWER_RISE_C = 48;
    private static final double THERMAL_SECONDS = 30;

    /** How bent the curve from utilisation to power is: half the load takes three quarters. */
    private static final double SATURATION = 2;

    /** Two cards of one model differ by some percent. */
    private static final double LEAST_DRAW = 0.94;

    private static final double DRAW_RANGE = 0.12;

    /** Of the time, for each part of the limit that a card would draw beyond it. */
    private static final double THROTTLE_PER_EXCESS = 5;

    private static final double IDLE_CLOCK_SHARE = 0.15;

    /** At its power limit a card does not keep its highest clock. */
    private static final double CLOCK_DROP = 0.12;

    private static final double PCIE_IDLE_BPS = 2e5;
    private static final double PCIE_BPS_PER_REQUEST = 4e5;

    private final FleetGpu gpu;
    private final double ownDraw;
    private final double inletC;
    private double temperatureC;
    private long timeUs;
    private long sampleFromUs;
    private double energyJ;
    private double throttleSeconds;

    // integrals since sampleFromUs, each a reading times seconds
    private double utilization;
    private double sm;
    private double tensor;
    private double dram;
    private double watts;
    private double clock;
    private double memoryBytes;
    private double requests;

    GpuMeter(FleetGpu gpu, long startUs) {
        this.gpu = gpu;
        this.ownDraw = LEAST_DRAW + DRAW_RANGE * LoadCurve.uniform(gpu.number(), 0, 7);
        this.inletC = COOLEST_INLET_C + INLET_RANGE_C * LoadCurve.uniform(gpu.number(), 0, 8);
        this.temperatureC = inletC;
        this.timeUs = startUs;
        this.sampleFromUs = startUs;
    }

    /** When the interval of the next sample began. */
    long sampleFromUs() {
        return sampleFromUs;
    }

    /** Lets the time go on to {@code untilUs} under this load. */
    void advance(long untilUs, GpuLoad load) {
        double seconds = (untilUs - timeUs) / 1e6;
        timeUs = untilUs;
        double wanted = ownDraw * load.draw() * saturated(load.utilization());
        double drawn = Math.min(wanted, 1);
        var model = gpu.model();
        double power = model.idleWatts() + (model.maxWatts() - model.idleWatts()) * drawn;
        utilization += seconds * load.utilization();
        sm += seconds * load.sm();
        tensor += seconds * load.tensor();
        dram += seconds * load.dram();
        watts += seconds * power;
        clock += seconds * clockShare(load.utilization(), drawn);
        memoryBytes += seconds * Math.min(load.memoryBytes(), (double) model.memoryBytes());
        requests += seconds * load.requests();
        energyJ += seconds * power;
        throttleSeconds += seconds * Math.min((wanted - drawn) * THROTTLE_PER_EXCESS, 1);
        double target = inletC + FULL_POWER_RISE_C * power / model.maxWatts();
        temperatureC += (target - temperatureC) * (1 - StrictMath.exp(-seconds / THERMAL_SECONDS));
    }

    private static double saturated(double utilization) {
        return (1 - StrictMath.exp(-SATURATION * utilization)) / (1 - StrictMath.exp(-SATURATION));
    }

    private static double clockShare(double utilization, double drawn) {
        return utilization == 0 ? IDLE_CLOCK_SHARE : 1 - CLOCK_DROP * drawn * drawn;
    }

    /** The sample of the interval that ends now; the next one begins. */
    Event sample(GpuRole role) {
        double seconds = (timeUs - sampleFromUs) / 1e6;
        var model = gpu.model();
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.TS, Instant.ofEpochMilli(timeUs / 1000))
                        .set(GpuMetric.HOST, gpu.host())
                        .set(GpuMetric.GPU_INDEX, gpu.gpuIndex())
                        .set(GpuMetric.GPU_UUID, gpu.gpuUuid())
                        .set(GpuMetric.NAME, model.name())
                        .set(GpuMetric.NODE, gpu.host())
                        .set(GpuMetric.NAMESPACE, Workload.namespace(role))
                        .set(GpuMetric.POD, Workload.pod(role, gpu))
                        .set(GpuMetric.CONTAINER, Workload.container(role))
                        .set(GpuMetric.TEAM, Workload.team(role, gpu))
                        .set(GpuMetric.UTILIZATION, rounded(Math.min(utilization / seconds, 1)))
                        .set(GpuMetric.SM_ACTIVE, rounded(sm / seconds))
                        .set(GpuMetric.TENSOR_ACTIVE, rounded(tensor / seconds))
                        .set(GpuMetric.DRAM_ACTIVE, rounded(dram / seconds))
                        .set(GpuMetric.MEM_USED_BYTES, Math.round(memoryBytes / seconds))
                        .set(GpuMetric.MEM_TOTAL_BYTES, model.memoryBytes())
                        .set(GpuMetric.POWER_W, rounded(watts / seconds, 1e3))
                        .set(GpuMetric.ENERGY_J_TOTAL, rounded(energyJ, 1e3))
                        .set(GpuMetric.TEMP_C, rounded(temperatureC, 10))
                        .set(GpuMetric.SM_CLOCK_HZ, model.smClockHz() * rounded(clock / seconds))
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
        utilization = 0;
        sm = 0;
        tensor = 0;
        dram = 0;
        watts = 0;
        clock = 0;
        memoryBytes = 0;
        requests = 0;
    }

    private double pcie(double share, double seconds) {
        return Math.rint(PCIE_IDLE_BPS + PCIE_BPS_PER_REQUEST * share * requests / seconds);
    }

    private static double rounded(double share) {
        return rounded(share, 1e4);
    }

    private static double rounded(double value, double steps) {
        return Math.rint(value * steps) / steps;
    }
}
