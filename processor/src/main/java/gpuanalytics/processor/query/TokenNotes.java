package gpuanalytics.processor.query;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the reader of an answer about tokens must know.
 *
 * @param folded the labels that are folded in some of what was asked for: there were more series in
 *     an hour than may be. A filter by such a label leaves out what is folded
 * @param unknownGpus GPUs that usages name and of which no sample has ever come
 */
public record TokenNotes(List<TokenDimension> folded, Set<String> unknownGpus) {

    /** Nothing to know. */
    public static final TokenNotes NONE = new TokenNotes(List.of(), Set.of());

    /** Whether a GPU that a row names has ever reported. */
    public boolean isKnown(@Nullable String gpu) {
        return gpu == null || !unknownGpus.contains(gpu);
    }

    public TokenNotes {
        folded = List.copyOf(folded);
        unknownGpus = Set.copyOf(unknownGpus);
    }
}
