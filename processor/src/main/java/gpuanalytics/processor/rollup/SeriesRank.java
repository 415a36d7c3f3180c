package gpuanalytics.processor.rollup;

import java.util.Comparator;
import java.util.List;

/**
 * The place of a series' name among the others of a flush: names are long and begin alike, so they
 * are compared once for all updates of a series.
 */
final class SeriesRank {

    private static final int BITS = 24;

    private final String series;
    private int place;

    SeriesRank(String series) {
        this.series = series;
    }

    /** Puts the series of a flush in order; those of the same name stand side by side. */
    static void order(List<SeriesRank> all) {
        all.sort(Comparator.comparing(rank -> rank.series));
        for (int i = 0; i < all.size(); i++) {
            all.get(i).place = i;
        }
    }

    /** A number that orders documents as their identities do. */
    long order(long bucket) {
        return (bucket << BITS) + place;
    }
}
