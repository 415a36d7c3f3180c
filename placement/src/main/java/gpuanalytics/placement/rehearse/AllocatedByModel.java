package gpuanalytics.placement.rehearse;

/**
 * How many GPUs of each model are allocated when so many percent of all have been asked for: the
 * mean over the requests that arrive at that percent, and where none does what held before, as
 * {@link Curve} has it.
 */
public final class AllocatedByModel {

    private final int atPercent;
    private final long[] milli;
    private final long[] before;
    private final double[] sums;
    private int counted;

    AllocatedByModel(int models, int atPercent) {
        this.atPercent = atPercent;
        milli = new long[models];
        before = new long[models];
        sums = new double[models];
    }

    /** A request has got so much of a model's GPUs. */
    void placed(int model, int gpuMilli) {
        milli[model] += gpuMilli;
    }

    /** A request has arrived; percents never fall. */
    void arrived(int percent) {
        if (percent < atPercent) {
            System.arraycopy(milli, 0, before, 0, milli.length);
        } else if (percent == atPercent) {
            for (int model = 0; model < milli.length; model++) {
                sums[model] += milli[model];
            }
            counted++;
        }
    }

    /** GPUs of a model. */
    public double gpus(int model) {
        return (counted > 0 ? sums[model] / counted : before[model]) / 1000;
    }
}
