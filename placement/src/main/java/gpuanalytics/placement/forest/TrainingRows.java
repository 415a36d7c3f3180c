package gpuanalytics.placement.forest;

import java.util.List;

/**
 * What a forest learns from.
 *
 * @param columns a value per row for each column; NaN where it is absent. Of a category, its number
 *     from 0 to 62
 * @param categories which columns are categories
 * @param targets what came of each row
 */
@SuppressWarnings("ArrayRecordComponent") // large, filled once, never compared
public record TrainingRows(double[][] columns, boolean[] categories, double[] targets) {

    public TrainingRows {
        if (columns.length == 0 || columns.length > Byte.MAX_VALUE || targets.length == 0) {
            throw new IllegalArgumentException(
                    "there are %d columns and %d rows, expected 1 to %d columns and a row"
                            .formatted(columns.length, targets.length, Byte.MAX_VALUE));
        }
        if (columns.length != categories.length) {
            throw new IllegalArgumentException(
                    "%d columns are said to be categories or not, expected %d"
                            .formatted(categories.length, columns.length));
        }
        for (var column : columns) {
            if (column.length != targets.length) {
                throw new IllegalArgumentException(
                        "a column has %d rows, expected %d"
                                .formatted(column.length, targets.length));
            }
        }
        for (double target : targets) {
            if (!Double.isFinite(target)) {
                throw new IllegalArgumentException(
                        "a target is %s, expected a finite number".formatted(target));
            }
        }
    }

    /** Rows as they come, each with a value per column. */
    public static TrainingRows of(List<double[]> rows, boolean[] categories, double[] targets) {
        var columns = new double[categories.length][rows.size()];
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < columns.length; column++) {
                columns[column][row] = rows.get(row)[column];
            }
        }
        return new TrainingRows(columns, categories, targets);
    }

    public int size() {
        return targets.length;
    }
}
