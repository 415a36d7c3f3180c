package gpuanalytics.producer.source.synthetic;

/**
 * How much work a request brings, over the day and in bursts, as a factor around 1. A function of
 * the GPU and the time alone, so that it is the same whichever replica runs the GPU.
 */
final class LoadCurve {

    private static final long HOUR_US = 3_600_000_000L;
    private static final long DAY_US = 24 * HOUR_US;
    private static final long POPULARITY_US = HOUR_US / 6;
    private static final long BURST_US = 30_000_000L;

    private static final int PEAK_HOUR_UTC = 14;
    private static final double DAILY_SWING = 0.5;
    private static final double COLD_SHARE = 0.12;
    private static final double COLD_FACTOR = 0.05;
    private static final double BURST_SHARE = 0.06;
    private static final double BURST_FACTOR = 3;

    private LoadCurve() {}

    /** The factor for a GPU at a time, in microseconds since the epoch. */
    static double factor(int gpu, long timeUs) {
        return daily(timeUs) * popularity(gpu, timeUs) * burst(gpu, timeUs);
    }

    /** Most at two in the afternoon, least at two in the morning, mean 1. */
    static double daily(long timeUs) {
        double hour = (double) Math.floorMod(timeUs, DAY_US) / HOUR_US;
        return 1 + DAILY_SWING * StrictMath.cos(2 * Math.PI * (hour - PEAK_HOUR_UTC) / 24);
    }

    /** For ten minutes at a time a GPU's model is in demand, less so, or hardly asked for. */
    private static double popularity(int gpu, long timeUs) {
        double drawn = uniform(gpu, Math.floorDiv(timeUs, POPULARITY_US), 1);
        return drawn < COLD_SHARE ? COLD_FACTOR : 0.5 + drawn;
    }

    private static double burst(int gpu, long timeUs) {
        return uniform(gpu, Math.floorDiv(timeUs, BURST_US), 2) < BURST_SHARE ? BURST_FACTOR : 0.9;
    }

    /** A number in [0, 1) that looks drawn at random but belongs to these three. */
    private static double uniform(long gpu, long slice, long kind) {
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
