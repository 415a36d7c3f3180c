package gpuanalytics.placement.watch;

import static gpuanalytics.placement.watch.PodRequest.ALIBABA_COUNT;
import static gpuanalytics.placement.watch.PodRequest.ALIBABA_MODEL;
import static gpuanalytics.placement.watch.PodRequest.NVIDIA_GPU;

import gpuanalytics.service.kubernetes.JsonItem;
import java.math.BigDecimal;

/**
 * A node, as far as placing a pod hangs on it.
 *
 * @param name its name
 * @param cpuMilli thousandths of a core that pods may ask for
 * @param memoryMib MiB that pods may ask for
 * @param gpus how many GPUs pods may have
 * @param model their model; empty where no label says it
 * @param gpuMemoryMib MiB that each of them has; 0 where no label says it
 */
public record NodeState(
        String name, int cpuMilli, int memoryMib, int gpus, String model, int gpuMemoryMib) {

    private static final BigDecimal MILLI = BigDecimal.ONE.movePointLeft(3);

    /** What the API's object says. */
    public static NodeState of(JsonItem item) {
        var allocatable = item.item("status", "allocatable");
        var labels = item.item("metadata", "labels");
        var model = labels.text(ALIBABA_MODEL);
        return new NodeState(
                item.text("metadata", "name"),
                Quantity.units(allocatable.text("cpu"), MILLI),
                Quantity.units(allocatable.text("memory"), Quantity.MIB),
                gpus(allocatable, labels),
                model.isEmpty() ? labels.text("nvidia.com/gpu.product") : model,
                Quantity.units(labels.text("nvidia.com/gpu.memory"), BigDecimal.ONE));
    }

    /**
     * The GPUs that a pod may have. Where a device plugin offers each several times, NVIDIA's label
     * tells how many there are; where some are broken, fewer are allocatable than the label says.
     */
    private static int gpus(JsonItem allocatable, JsonItem labels) {
        int offered = Quantity.units(allocatable.text(NVIDIA_GPU), BigDecimal.ONE);
        int counted = Quantity.units(labels.text("nvidia.com/gpu.count"), BigDecimal.ONE);
        int nvidia = counted > 0 ? Math.min(offered, counted) : offered;
        int alibaba = Quantity.units(allocatable.text(ALIBABA_COUNT), BigDecimal.ONE);
        return Math.min(Math.max(nvidia, alibaba), PodRequest.MAX_GPUS);
    }
}
