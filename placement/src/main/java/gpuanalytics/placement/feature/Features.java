package gpuanalytics.placement.feature;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of the features at one moment. What is not known is absent; the forest sends absent
 * values their own way and takes none of them for zero.
 */
public final class Features {

    private final double[] values;
    private final @Nullable String gpuModel;

    private Features(double[] values, @Nullable String gpuModel) {
        this.values = values;
        this.gpuModel = gpuModel;
    }

    /**
     * Features of these values.
     *
     * @param numbers what is known, in the features' units; those without an entry are absent
     * @param gpuModel null where it is not known
     */
    public static Features of(Map<Feature, Double> numbers, @Nullable String gpuModel) {
        var values = new double[Feature.ALL.size()];
        Arrays.fill(values, Double.NaN);
        numbers.forEach(
                (feature, value) -> {
                    if (feature.isCategory() || !Double.isFinite(value)) {
                        throw new IllegalArgumentException(
                                "%s is %s, expected a finite number of a feature that has one"
                                        .formatted(feature.label(), value));
                    }
                    values[feature.column()] = value;
                });
        return new Features(values, gpuModel);
    }

    /** The same of a pod on this node. */
    public Features on(NodeFeatures node) {
        var numbers = values.clone();
        numbers[Feature.NODE_POWER_PER_BUSY_SECOND.column()] = orAbsent(node.wattsPerBusyGpu());
        numbers[Feature.NODE_FRAGMENT.column()] = orAbsent(node.fragmentGpus());
        return new Features(numbers, node.gpuModel());
    }

    private static double orAbsent(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    /** The GPU model; null where it is not known. */
    public @Nullable String gpuModel() {
        return gpuModel;
    }

    /** A number; null where it is absent. */
    public @Nullable Double get(Feature feature) {
        double value = values[feature.column()];
        return Double.isNaN(value) ? null : value;
    }

    /** The numbers that are known. */
    public Map<Feature, Double> numbers() {
        var numbers = new EnumMap<Feature, Double>(Feature.class);
        for (var feature : Feature.ALL) {
            var value = get(feature);
            if (value != null) {
                numbers.put(feature, value);
            }
        }
        return numbers;
    }

    /**
     * The columns of the forest; NaN where a value is absent.
     *
     * @param models the GPU models that a forest knows, see {@link GpuModelCodes}
     */
    public double[] columns(GpuModelCodes models) {
        var columns = values.clone();
        columns[Feature.GPU_MODEL.column()] = models.code(gpuModel);
        return columns;
    }
}
