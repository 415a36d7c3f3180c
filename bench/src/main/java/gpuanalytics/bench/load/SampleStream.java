package gpuanalytics.bench.load;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import java.time.Instant;
import java.util.List;

/** Samples of a fleet: GPU by GPU, tick by tick, a third of a kilobyte each. */
final class SampleStream implements EventStream {

    /** A fixed time, so that a seed gives the same bytes on any day. */
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final long MEMORY_BYTES = 80L << 30;

    private final List<Gpu> fleet;
    private final long intervalMillis;
    private final long size;
    private final long seed;

    SampleStream(int gpus, long intervalMillis, long size, long seed) {
        this.fleet = Gpu.fleet(gpus);
        this.intervalMillis = intervalMillis;
        this.size = size;
        this.seed = seed;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Event event(long number) {
        int sender = (int) (number % fleet.size());
        long tick = number / fleet.size();
        long phase = sender * intervalMillis / fleet.size();
        return event(number, START.plusMillis(tick * intervalMillis + phase));
    }

    @Override
    public Event event(long number, Instant at) {
        var gpu = fleet.get((int) (number % fleet.size()));
        long mix = Mix.of(seed, number);
        double busy = Mix.below(mix, 0, 10_001) / 10_000.0;
        return GpuMetric.builder()
                .set(GpuMetric.TS, at)
                .set(GpuMetric.HOST, gpu.host())
                .set(GpuMetric.GPU_INDEX, gpu.index())
                .set(GpuMetric.GPU_UUID, gpu.uuid())
                .set(GpuMetric.NAME, "NVIDIA H100 80GB HBM3")
                .set(GpuMetric.POD, gpu.pod())
                .set(GpuMetric.TEAM, gpu.team())
                .set(GpuMetric.UTILIZATION, busy)
                .set(GpuMetric.SM_ACTIVE, Mix.below(mix, 16, 10_001) / 10_000.0)
                .set(GpuMetric.MEM_USED_BYTES, Mix.below(mix, 32, 65_536) * (MEMORY_BYTES >> 16))
                .set(GpuMetric.MEM_TOTAL_BYTES, MEMORY_BYTES)
                .set(GpuMetric.POWER_W, Math.rint(700 + busy * 6300) / 10)
                .set(GpuMetric.TEMP_C, (300 + Mix.below(mix, 48, 500)) / 10.0)
                .set(GpuMetric.INTERVAL_S, intervalMillis / 1000.0)
                .build();
    }
}
