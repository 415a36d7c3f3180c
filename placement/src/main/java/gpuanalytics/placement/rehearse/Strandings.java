package gpuanalytics.placement.rehearse;

/**
 * By how many GPUs each kind of request made the part of each model grow that typical requests
 * cannot use; less than 0 where it used what was of no use to others. All of them add up to the
 * change of fragmentation.
 */
public final class Strandings {

    private final int models;
    private final double[] gpus;

    Strandings(int kinds, int models) {
        this.models = models;
        gpus = new double[kinds * models];
    }

    void add(int kind, int model, double more) {
        gpus[kind * models + model] += more;
    }

    /** GPUs of a model that a kind has stranded. */
    public double strandedGpus(int kind, int model) {
        return gpus[kind * models + model];
    }
}
