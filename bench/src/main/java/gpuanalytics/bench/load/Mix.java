package gpuanalytics.bench.load;

/** Random values that depend on a number only, so that any event can be made alone. */
final class Mix {

    private Mix() {}

    /** SplitMix64's output function. */
    static long of(long seed, long number) {
        long z = seed * 0x9e3779b97f4a7c15L + number * 0xd1342543de82ef95L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** An integer from 0 below a bound, from some bits of a mix. */
    static int below(long mix, int shift, int bound) {
        return (int) ((((mix >>> shift) & 0xffff) * bound) >>> 16);
    }
}
