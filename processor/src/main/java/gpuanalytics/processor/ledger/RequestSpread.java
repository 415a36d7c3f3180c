package gpuanalytics.processor.ledger;

import gpuanalytics.processor.rollup.LatencyBins;
import java.util.SortedMap;

/**
 * Over which minutes the requests ran that ended in one. A minute's rollup knows how many took how
 * long, to the bin of its histogram, and not at which second they ended: they are taken to have
 * ended in the middle. What is longer than a minute is spread over the minutes before, back to
 * {@link #MINUTES}; the rest counts where it ended.
 */
final class RequestSpread {

    /** How far back. */
    static final int MINUTES = 15;

    static final RequestSpread NONE = new RequestSpread(new double[MINUTES + 1], 0);

    private static final double MINUTE_MS = 60_000;

    private final double[] shares;
    private final long cutRequests;

    private RequestSpread(double[] shares, long cutRequests) {
        this.shares = shares;
        this.cutRequests = cutRequests;
    }

    /**
     * The spread of a minute's requests.
     *
     * @param requests how many there are, be it without a latency
     * @param sumMs the sum of the latencies that are known
     * @param bins how many of them are in which bin of {@link LatencyBins}
     */
    static RequestSpread of(long requests, double sumMs, SortedMap<Integer, Long> bins) {
        // most minutes have no request that is longer than one
        if (bins.isEmpty() || middleMs(bins.lastKey()) <= MINUTE_MS) {
            return NONE;
        }
        double knownMs = 0;
        double longMs = 0;
        long known = 0;
        for (var bin : bins.entrySet()) {
            double ms = middleMs(bin.getKey()) * bin.getValue();
            knownMs += ms;
            known += bin.getValue();
            longMs += middleMs(bin.getKey()) > MINUTE_MS ? ms : 0;
        }
        if (longMs <= 0 || sumMs <= 0 || requests <= 0) {
            return NONE;
        }
        // the sum is exact, the middles of the bins are not
        double perMiddle = Math.max(sumMs - (knownMs - longMs), 0) / longMs;
        double ofAll = Math.min(1, (double) known / requests) / sumMs;
        return spread(bins, perMiddle, ofAll);
    }

    private static RequestSpread spread(
            SortedMap<Integer, Long> bins, double perMiddle, double ofAll) {
        var msBack = new double[MINUTES + 1];
        long cut = 0;
        for (var bin : bins.entrySet()) {
            if (middleMs(bin.getKey()) <= MINUTE_MS) {
                continue;
            }
            double left = middleMs(bin.getKey()) * perMiddle - MINUTE_MS / 2;
            for (int back = 1; back <= MINUTES && left > 0; back++, left -= MINUTE_MS) {
                msBack[back] += Math.min(left, MINUTE_MS) * bin.getValue();
            }
            cut += left > 0 ? bin.getValue() : 0;
        }
        for (int back = 1; back <= MINUTES; back++) {
            msBack[back] *= ofAll;
        }
        return new RequestSpread(msBack, cut);
    }

    /** Which share of the requests' time lies in the minute so many before their end. */
    double share(int minutesBack) {
        return shares[minutesBack];
    }

    /** How many requests ran before the first of these minutes. */
    long cutRequests() {
        return cutRequests;
    }

    boolean isNone() {
        return this == NONE;
    }

    private static double middleMs(int bin) {
        return bin == 0
                ? LatencyBins.upperMs(0) / 2
                : Math.sqrt(LatencyBins.upperMs(bin - 1) * LatencyBins.upperMs(bin));
    }
}
