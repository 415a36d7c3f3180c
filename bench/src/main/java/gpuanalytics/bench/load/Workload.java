package gpuanalytics.bench.load;

import java.util.Locale;

/** What a topic holds and how fast it would have come in. */
public enum Workload {
    A("1,000 GPUs, one sample per 15 s", 1000, 15_000, 0, 0),
    B("1,000 GPUs, one sample per second", 1000, 1000, 0, 0),
    C("10,000 GPUs, one sample per 30 s", 10_000, 30_000, 0, 0),
    D("token usages of 200 series", 0, 0, 200, 200),
    E("token usages of 50,000 series per hour", 0, 0, 50_000, 45_000),
    F("samples and usages mixed 1:1", 1000, 1000, 200, 200);

    private final String text;
    private final int gpus;
    private final long sampleMillis;
    private final int series;
    private final long usageMillis;

    /**
     * Which streams there are.
     *
     * @param gpus who sends samples; 0 for none
     * @param sampleMillis from one sample of a GPU to its next, in event time
     * @param series of usages; 0 for none
     * @param usageMillis from one usage of a series to its next, on average, in event time
     */
    Workload(String text, int gpus, long sampleMillis, int series, long usageMillis) {
        this.text = text;
        this.gpus = gpus;
        this.sampleMillis = sampleMillis;
        this.series = series;
        this.usageMillis = usageMillis;
    }

    /** The workload of this letter, in either case. */
    public static Workload of(String letter) {
        return of("--workload", letter);
    }

    /**
     * The same.
     *
     * @param option where the letter was said
     */
    public static Workload of(String option, String letter) {
        try {
            return valueOf(letter.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is %s, expected letters from a to f".formatted(option, letter), e);
        }
    }

    /** Its letter, lower case. */
    public String letter() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is, in words. */
    public String text() {
        return text;
    }

    /**
     * All of its records.
     *
     * @param records how many, of both topics together
     */
    public Load load(long records, long seed) {
        long usages = series == 0 ? 0 : gpus == 0 ? records : records / 2;
        return new Load(
                this,
                gpus == 0
                        ? EventStream.EMPTY
                        : new SampleStream(gpus, sampleMillis, records - usages, seed),
                series == 0
                        ? EventStream.EMPTY
                        : new UsageStream(series, usageMillis, usages, seed),
                seed);
    }
}
