package gpuanalytics.processor.series;

/**
 * How many different values there were, in bounded memory: exact up to {@link #KEPT}, then about
 * right (adaptive sampling: of the hashes only those are kept that begin with so many zeros that
 * they fit). The order in which they come changes nothing. Any thread may add.
 */
final class DistinctValues {

    static final int KEPT = 1024;

    private LongSet hashes = new LongSet();
    private int zeros;

    /** Adds the hash of a value; returns whether that changed the number. */
    synchronized boolean add(long hash) {
        if (!isSampled(hash) || hashes.contains(hash)) {
            return false;
        }
        hashes.add(hash);
        while (hashes.size() > KEPT) {
            zeros++;
            hashes = hashes.only(this::isSampled);
        }
        return true;
    }

    /** About how many there were. */
    synchronized long count() {
        return (long) hashes.size() << zeros;
    }

    private boolean isSampled(long hash) {
        return Long.numberOfLeadingZeros(hash) >= zeros;
    }
}
