package gpuanalytics.processor.query;

import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.store.StoreLayout;
import java.util.EnumSet;
import java.util.Set;
import org.bson.Document;

/** Which labels are folded in a token rollup: they stand for all values without room. */
public final class FoldedLabels {

    private FoldedLabels() {}

    /** The labels that are folded in a rollup. */
    public static Set<TokenDimension> of(Document rollup) {
        var named = rollup.getList(StoreLayout.FOLDED, String.class);
        if (named != null) {
            var folded = EnumSet.noneOf(TokenDimension.class);
            for (var dimension : TokenDimension.values()) {
                if (named.contains(dimension.label())) {
                    folded.add(dimension);
                }
            }
            return folded;
        }
        return foldedBeforeItWasSaid(rollup);
    }

    /** Older rollups say it by the name of their series alone: all labels, or all but the GPU. */
    private static Set<TokenDimension> foldedBeforeItWasSaid(Document rollup) {
        var id = rollup.getString(StoreLayout.ID);
        var series = id.substring(id.indexOf('|') + 1);
        if (!SeriesKey.isOther(series)) {
            return Set.of();
        }
        var all = EnumSet.allOf(TokenDimension.class);
        if (rollup.getString(StoreLayout.GPU) != null) {
            all.remove(TokenDimension.GPU);
        }
        return all;
    }
}
