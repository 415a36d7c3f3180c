package gpuanalytics.producer.source.nvml;

import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.GpmReading;
import gpuanalytics.producer.source.nvml.Nvml.GpmSample;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the performance counters of one GPU or MIG instance say from call to call. */
final class GpmMeter implements AutoCloseable {

    private final Nvml nvml;
    private final Device gpu;
    private final OptionalInt gpuInstance;
    private GpmSample before;
    private GpmSample after;
    private boolean hasBefore;

    GpmMeter(Nvml nvml, Device gpu, OptionalInt gpuInstance) {
        this.nvml = nvml;
        this.gpu = gpu;
        this.gpuInstance = gpuInstance;
        this.before = nvml.allocateGpmSample();
        this.after = nvml.allocateGpmSample();
    }

    /** What happened since the last call; null at the first. */
    @Nullable GpmReading read() {
        if (!nvml.readGpm(gpu, gpuInstance, after)) {
            hasBefore = false;
            return null;
        }
        var reading = hasBefore ? nvml.gpm(before, after) : null;
        var reused = before;
        before = after;
        after = reused;
        hasBefore = true;
        return reading;
    }

    @Override
    public void close() {
        nvml.freeGpmSample(before);
        nvml.freeGpmSample(after);
    }
}
