package gpuanalytics.producer.source.synthetic;

/**
 * What the fleet is asked for over the day. A function of the GPU and the event's time alone, so
 * that it is the same whichever replica runs the GPU and however fast it is stepped.
 */
final class LoadCurve {

    /** How many of a day's requests people make, rather than programs. */
    static final double MEAN_INTERACTIVE_SHARE = 0.5;

    private static final long SECOND_US = 1_000_000L;
    private static final long HOUR_US = 3600 * SECOND_US;
    private static final long DAY_US = 24 * HOUR_US;
    private static final long POPULARITY_US = HOUR_US / 6;
    private static final long TRAINING_JOB_US = 6 * HOUR_US;
    private static final long TRAINING_STEP_US = 20 * SECOND_US;
    private static final long CHECKPOINT_US = HOUR_US / 6;
    private static final long CHECKPOINT_WRITE_US = 15 * SECOND_US;
    private static final long NOTEBOOK_CELL_US = 20 * SECOND_US;

    private static final int PEAK_HOUR_UTC = 14;
    private static final double DAILY_SWING = 0.5;
    private static final double INTERACTIVE_SWING = 0.8;
    private static final double POPULARITY_SWING = 0.2;
    private static final double TRAINING_SHARE = 0.9;
    private static final double TRAINING_LEAST = 0.88;
    private static final double TRAINING_RANGE = 0.1;
    private static final double CHECKPOINT_LOAD = 0.08;
    private static final double NOTEBOOK_SHARE = 0.02;
    private static final double NOTEBOOK_LOAD = 0.3;

    private LoadCurve() {}

    /** Most at two in the afternoon, least at two in the morning, mean 1. */
    static double daily(long timeUs) {
        double hour = (double) Math.floorMod(timeUs, DAY_US) / HOUR_US;
        return 1 + DAILY_SWING * StrictMath.cos(2 * Math.PI * (hour - PEAK_HOUR_UTC) / 24);
    }

    /**
     * How many of the requests people make, who ask for more tokens than programs do: it follows
     * the day, and for ten minutes at a time one GPU is more asked for than the others.
     */
    static double interactiveShare(int gpu, long timeUs) {
        double popularity = uniform(gpu, Math.floorDiv(timeUs, POPULARITY_US), 1) - 0.5;
        double share =
                MEAN_INTERACTIVE_SHARE
                        + INTERACTIVE_SWING * (daily(timeUs) - 1)
                        + POPULARITY_SWING * popularity;
        return Math.clamp(share, 0.0, 1.0);
    }

    /**
     * The load of a GPU that trains: jobs of six hours that write a checkpoint every ten minutes.
     */
    static double training(int gpu, long timeUs) {
        if (uniform(gpu, Math.floorDiv(timeUs, TRAINING_JOB_US), 2) >= TRAINING_SHARE) {
            return 0;
        }
        // not all jobs write at the same time
        long inJobUs = timeUs + Math.round(uniform(gpu, 0, 3) * CHECKPOINT_US);
        if (Math.floorMod(inJobUs, CHECKPOINT_US) < CHECKPOINT_WRITE_US) {
            return CHECKPOINT_LOAD;
        }
        double drawn = uniform(gpu, Math.floorDiv(timeUs, TRAINING_STEP_US), 4);
        return TRAINING_LEAST + TRAINING_RANGE * drawn;
    }

    /** The load of a GPU that somebody holds: now and then a cell of a notebook, by day. */
    static double held(int gpu, long timeUs) {
        double drawn = uniform(gpu, Math.floorDiv(timeUs, NOTEBOOK_CELL_US), 5);
        return drawn < NOTEBOOK_SHARE * daily(timeUs) ? NOTEBOOK_LOAD : 0;
    }

    /** A number in [0, 1) that looks drawn at random but belongs to these three. */
    static double uniform(long gpu, long slice, long kind) {
        return (mix(mix(mix(gpu) + slice) + kind) >>> 11) * 0x1p-53;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
    static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
