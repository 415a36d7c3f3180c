package gpuanalytics.placement.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ranges by cell, without an object for each: a thousand nodes have as many cells, and there are
 * hundreds of workloads. Not for several threads.
 */
final class CellRanges {

    private static final int FREE = -1;
    private static final int NUMBERS = 3;
    private static final int SPREAD = 0x9E37_79B9;

    private int[] cells = new int[32];
    private double[] numbers = new double[NUMBERS * cells.length];
    private int size;

    CellRanges() {
        Arrays.fill(cells, FREE);
    }

    /** Where a cell is or would be. */
    private int slot(int cell) {
        int last = cells.length - 1;
        int slot = (cell * SPREAD) >>> Integer.numberOfLeadingZeros(last);
        while (cells[slot] != FREE && cells[slot] != cell) {
            slot = (slot + 1) & last;
        }
        return slot;
    }

    boolean has(int cell) {
        return cells[slot(cell)] == cell;
    }

    /** The range of a cell; null where it is not known. */
    @Nullable Range get(int cell) {
        int slot = slot(cell);
        int at = NUMBERS * slot;
        return cells[slot] == cell
                ? new Range(numbers[at], numbers[at + 1], numbers[at + 2])
                : null;
    }

    /**
     * @param cell not negative
     */
    void put(int cell, Range range) {
        if (2 * size >= cells.length) {
            grow();
        }
        int slot = slot(cell);
        size += cells[slot] == cell ? 0 : 1;
        cells[slot] = cell;
        numbers[NUMBERS * slot] = range.value();
        numbers[NUMBERS * slot + 1] = range.low();
        numbers[NUMBERS * slot + 2] = range.high();
    }

    private void grow() {
        var fewCells = cells;
        var fewNumbers = numbers;
        cells = new int[2 * fewCells.length];
        Arrays.fill(cells, FREE);
        numbers = new double[NUMBERS * cells.length];
        for (int before = 0; before < fewCells.length; before++) {
            if (fewCells[before] != FREE) {
                int slot = slot(fewCells[before]);
                cells[slot] = fewCells[before];
                System.arraycopy(fewNumbers, NUMBERS * before, numbers, NUMBERS * slot, NUMBERS);
            }
        }
    }
}
