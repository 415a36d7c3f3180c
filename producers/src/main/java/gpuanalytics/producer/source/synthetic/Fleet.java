package gpuanalytics.producer.source.synthetic;

import java.util.List;

/**
 * The GPUs of the simulated fleet, over all replicas.
 *
 * @param gpus in the order of their numbers
 */
public record Fleet(List<FleetGpu> gpus) {

    public Fleet {
        gpus = List.copyOf(gpus);
    }

    /** A fleet of several models. */
    public static Fleet of(int gpus) {
        return new Fleet(FleetGpu.fleet(gpus));
    }

    /**
     * The fleet that a JSON list of GPUs describes, see {@link GpuSeed}.
     *
     * @throws IllegalArgumentException saying what is wrong and what was expected
     */
    public static Fleet parse(String json, int maxGpus) {
        return new Fleet(GpuSeed.parse(json, maxGpus));
    }

    /** The same fleet at this price for each GPU. */
    public Fleet withPrice(double usdPerHour) {
        return new Fleet(gpus.stream().map(gpu -> gpu.withPrice(usdPerHour)).toList());
    }

    public int size() {
        return gpus.size();
    }
}
