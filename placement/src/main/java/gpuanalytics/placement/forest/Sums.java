package gpuanalytics.placement.forest;

/** What trees say of one row. */
final class Sums {

    private double values;
    private double squares;
    private double variances;
    private double first;
    private int trees;

    /** Adds what a leaf says. */
    void add(double leaf, double variance) {
        if (trees++ == 0) {
            first = leaf;
        }
        // from the first one, so that squares of large values do not eat the difference
        double value = leaf - first;
        values += value;
        squares += value * value;
        variances += variance;
    }

    double mean() {
        return trees == 0 ? Double.NaN : first + values / trees;
    }

    double spread() {
        double mean = values / trees;
        return Math.sqrt(variances / trees + Math.max(0, squares / trees - mean * mean));
    }
}
