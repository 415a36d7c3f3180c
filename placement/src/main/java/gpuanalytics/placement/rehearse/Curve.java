package gpuanalytics.placement.rehearse;

/**
 * A value over the arrival of requests, in whole percent of all GPUs: the mean over the requests
 * that arrive at a percent, and where none does what held before.
 */
public final class Curve {

    private final double[] sums;
    private final int[] counts;
    private final double[] last;
    private double latest;
    private int reached;

    Curve(int targetPercent) {
        sums = new double[targetPercent + 1];
        counts = new int[targetPercent + 1];
        last = new double[targetPercent + 1];
    }

    /** Notes the value after a request; percents never fall. */
    void add(int percent, double value) {
        while (reached < percent) {
            last[reached++] = latest;
        }
        latest = value;
        sums[percent] += value;
        counts[percent]++;
    }

    /** The value at a percent. */
    public double at(int percent) {
        if (counts[percent] > 0) {
            return sums[percent] / counts[percent];
        }
        return percent < reached ? last[percent] : latest;
    }

    public int targetPercent() {
        return sums.length - 1;
    }
}
