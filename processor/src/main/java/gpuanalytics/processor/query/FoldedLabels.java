package gpuanalytics.processor.query;

import gpuanalytics.processor.decode.SeriesKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which labels are folded in a token rollup: they stand for all values without room. */
public final class FoldedLabels {

    private FoldedLabels() {}

    /**
     * The labels that are folded in a rollup.
     *
     * @param named those that it names; null where it names none
     * @param series its series
     */
    public static Set<TokenDimension> of(
            @Nullable List<String> named, String series, boolean hasGpu) {
        if (named == null) {
            return foldedBeforeItWasSaid(series, hasGpu);
        }
        var folded = EnumSet.noneOf(TokenDimension.class);
        for (var dimension : TokenDimension.values()) {
            if (named.contains(dimension.label())) {
                folded.add(dimension);
            }
        }
        return folded;
    }

    /** Older rollups say it by the name of their series alone: all labels, or all but the GPU. */
    private static Set<TokenDimension> foldedBeforeItWasSaid(String series, boolean hasGpu) {
        if (!SeriesKey.isOther(series)) {
            return Set.of();
        }
        var all = EnumSet.allOf(TokenDimension.class);
        if (hasGpu) {
            all.remove(TokenDimension.GPU);
        }
        return all;
    }
}
