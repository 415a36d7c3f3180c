package gpuanalytics.processor.rollup;

/** How long the buckets of a rollup are. */
public enum Granularity {
    MINUTE(60),
    HOUR(3600);

    private final int seconds;

    Granularity(int seconds) {
        this.seconds = seconds;
    }

    public int seconds() {
        return seconds;
    }

    /** The start of the bucket of a time, both in seconds since 1970. */
    public long bucketOf(long epochSecond) {
        return Math.floorDiv(epochSecond, seconds) * seconds;
    }
}
