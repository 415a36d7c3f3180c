package gpuanalytics.placement.forest;

/**
 * How a forest is grown.
 *
 * @param trees how many trees
 * @param columnsPerSplit how many columns chance offers a split
 * @param minLeafRows the fewest rows of a leaf; {@link #leafRows} raises it for many rows
 * @param maxDepth the most splits above a leaf
 * @param seed the seed of all chance; the same seed and rows make the same forest
 * @param threads how many trees are grown at a time; has no influence on the forest
 */
public record ForestSettings(
        int trees, int columnsPerSplit, int minLeafRows, int maxDepth, long seed, int threads) {

    /** Leaves of a tree at most, so that a forest of many rows stays small. */
    private static final int MAX_LEAVES = 2000;

    public ForestSettings {
        atLeast("trees", trees, 1);
        atLeast("columnsPerSplit", columnsPerSplit, 1);
        atLeast("minLeafRows", minLeafRows, 1);
        atLeast("maxDepth", maxDepth, 1);
        atLeast("threads", threads, 1);
    }

    /** 100 trees, 5 of 13 columns per split, leaves of 5 rows, depth 24, two threads. */
    public static ForestSettings defaults(long seed) {
        return new ForestSettings(100, 5, 5, 24, seed, 2);
    }

    int leafRows(int rows) {
        return Math.max(minLeafRows, rows / MAX_LEAVES);
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at least %d".formatted(name, value, least));
        }
    }
}
