package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.GpuModelCodes;
import gpuanalytics.placement.feature.NodeFeatures;
import gpuanalytics.placement.forest.Slice;
import gpuanalytics.placement.forest.SliceCells;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one model says of one pod on many nodes: nodes between which its trees do not tell are asked
 * about once. Not for several threads.
 */
final class TargetSlice {

    /** More cells would take too much memory and time. */
    private static final int MOST_AHEAD = 1 << 16;

    private final Target target;
    private final Slice slice;
    private final GpuModelCodes gpuModels;
    private final Function<Slice.Said, Range> range;
    private final Map<String, Double> codes = new HashMap<>();
    private final CellRanges known = new CellRanges();
    private @Nullable Ahead ahead;

    /** What was asked ahead. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Ahead(SliceCells cells, float[] reckoned) {}

    TargetSlice(
            Target target,
            Slice slice,
            GpuModelCodes gpuModels,
            Function<Slice.Said, Range> range) {
        this.target = target;
        this.slice = slice;
        this.gpuModels = gpuModels;
        this.range = range;
    }

    /** What it says of a node. */
    Range on(NodeFeatures node) {
        int cell = cell(node);
        var range = known.get(cell);
        return range == null ? learn(cell, slice.of(cell)) : range;
    }

    private Range learn(int cell, Slice.Said said) {
        var learnt = range.apply(said);
        known.put(cell, learnt);
        return learnt;
    }

    /**
     * Asks about these nodes ahead, whatever will be fragmented of them: {@link #reckoned} then
     * looks it up.
     */
    void ahead(List<NodeFeatures> nodes) {
        var cells = nodes.stream().mapToInt(this::cell).toArray();
        if (cells.length == 0) {
            return;
        }
        var grid = slice.grid(cells, NodeFeatures.FRAGMENT_PLACE, MOST_AHEAD);
        if (grid != null) {
            var table = new float[grid.cells().size()];
            for (int number = 0; number < table.length; number++) {
                table[number] = (float) target.reckoned(range.apply(grid.said(number)));
            }
            ahead = new Ahead(grid.cells(), table);
        }
    }

    /** What a scheduler reckons with on nodes, in their order. */
    double[] reckoned(List<NodeFeatures> nodes) {
        var numbers = new double[nodes.size()];
        var cells = nodes.stream().mapToInt(this::cell).toArray();
        var unknown = IntStream.builder();
        for (int each = 0; each < numbers.length; each++) {
            numbers[each] = looked(cells[each]);
            if (Double.isNaN(numbers[each])) {
                unknown.add(cells[each]);
            }
        }
        var asked = unknown.build().distinct().toArray();
        var said = slice.of(asked);
        for (int place = 0; place < asked.length; place++) {
            var _ = learn(asked[place], said[place]);
        }
        for (int each = 0; each < numbers.length; each++) {
            if (Double.isNaN(numbers[each])) {
                numbers[each] = looked(cells[each]);
            }
        }
        return numbers;
    }

    /** What is known already; else NaN. */
    private double looked(int cell) {
        var table = ahead;
        int number = table == null ? -1 : table.cells.number(cell);
        if (table != null && number >= 0) {
            return table.reckoned[number];
        }
        var range = known.get(cell);
        return range == null ? Double.NaN : target.reckoned(range);
    }

    private int cell(NodeFeatures node) {
        return slice.cell(
                code(node.gpuModel()), number(node.wattsPerBusyGpu()), number(node.fragmentGpus()));
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
