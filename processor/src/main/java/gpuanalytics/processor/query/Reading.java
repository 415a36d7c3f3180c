package gpuanalytics.processor.query;

/** What the events of a point or group say together of one measure. */
public sealed interface Reading {

    /** Of a gauge, in its unit. */
    record Level(double mean, double min, double max) implements Reading {}

    /** Of an amount, in its unit. */
    record Total(long sum) implements Reading {}

    /**
     * Of a length of time, in its unit; the percentiles are at most 4.5 % off.
     *
     * @param n how many events have it
     */
    record Distribution(long n, double p50, double p95, double mean) implements Reading {}
}
