package gpuanalytics.processor.rollup;

import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the parts of a reading are in a rollup document: paths made once, not per update.
 *
 * @param reading the reading's own name
 * @param sumName what the sum is called within the reading's part
 */
record MeasurePaths(
        String reading,
        String n,
        String sum,
        String sumName,
        String min,
        String max,
        List<String> bins) {

    private static final List<String> BIN_NAMES =
            IntStream.range(0, LatencyBins.COUNT).mapToObj(Integer::toString).toList();

    static MeasurePaths of(Measure measure) {
        var reading = measure.name();
        return new MeasurePaths(
                reading,
                reading + "." + StoreLayout.N,
                reading + "." + measure.sumName(),
                measure.sumName(),
                reading + "." + StoreLayout.MIN,
                reading + "." + StoreLayout.MAX,
                IntStream.range(0, measure.hasBins() ? LatencyBins.COUNT : 0)
                        .mapToObj(bin -> reading + "." + StoreLayout.BINS + "." + bin)
                        .toList());
    }

    String bin(int bin) {
        return bins.get(bin);
    }

    /** What a bin is called among the others. */
    static String binName(int bin) {
        return BIN_NAMES.get(bin);
    }
}
