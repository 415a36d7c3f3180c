package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.GpuModelCodes;
import gpuanalytics.placement.feature.NodeFeatures;
import gpuanalytics.placement.forest.Slice;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one model says of one pod on many nodes: nodes between which its trees do not tell are asked
 * about once. Not for several threads.
 */
final class TargetSlice {

    private final Slice slice;
    private final GpuModelCodes gpuModels;
    private final Function<Slice.Said, Range> range;
    private final Map<String, Double> codes = new HashMap<>();
    private final Map<Integer, Range> cells = new HashMap<>();

    TargetSlice(Slice slice, GpuModelCodes gpuModels, Function<Slice.Said, Range> range) {
        this.slice = slice;
        this.gpuModels = gpuModels;
        this.range = range;
    }

    /** What it says of a node. */
    Range on(NodeFeatures node) {
        int cell =
                slice.cell(
                        code(node.gpuModel()),
                        number(node.wattsPerBusyGpu()),
                        number(node.fragmentGpus()));
        var known = cells.get(cell);
        if (known == null) {
            known = range.apply(slice.of(cell));
            cells.put(cell, known);
        }
        return known;
    }

    private double code(@Nullable String gpuModel) {
        return gpuModel == null
                ? Double.NaN
                : Objects.requireNonNull(codes.computeIfAbsent(gpuModel, gpuModels::code));
    }

    /** Absent is never a number. */
    private static double number(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
