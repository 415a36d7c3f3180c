package gpuanalytics.processor.rollup;

/**
 * One reading that a rollup sums up.
 *
 * @param field its name, in the raw document and in the rollup
 * @param kind which of its sums are kept
 */
record Measure(String field, Kind kind) {

    enum Kind {
        /** A reading with a fraction: count, sum in millionths, smallest and largest. */
        FRACTION,
        /** A large reading: count, sum in whole units, smallest and largest. */
        WHOLE,
        /** A counter of the source's own: its sum means nothing. Count, smallest and largest. */
        COUNTER,
        /** Tokens: count and sum. */
        TOKENS,
        /** A latency: as a fraction, and how many fell into each bin. */
        LATENCY;

        boolean hasSum() {
            return this != COUNTER;
        }

        boolean isMicro() {
            return this == FRACTION || this == LATENCY;
        }

        boolean hasRange() {
            return this != TOKENS;
        }
    }
}
