package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * Reads the labels of token rollups for one question: a GPU by the name that it has at that time,
 * and a folded label as what it is, which is no value.
 */
final class UsageLabels {

    private final Map<TokenDimension, List<String>> filters;
    private final GpuNames names;
    private final Set<TokenDimension> folded = EnumSet.noneOf(TokenDimension.class);
    private final Set<String> unknownGpus = new HashSet<>();

    UsageLabels(Map<TokenDimension, List<String>> filters, GpuNames names) {
        this.filters = filters;
        this.names = names;
    }

    /** Which rollups may match; {@link #matches} says which of them do. */
    Bson filter() {
        var all = new ArrayList<Bson>();
        filters.forEach(
                (dimension, values) -> {
                    if (!values.isEmpty()) {
                        var any = new ArrayList<Bson>();
                        any.add(in(dimension.label(), stored(dimension, values)));
                        any.add(eq(StoreLayout.FOLDED, dimension.label()));
                        if (dimension == TokenDimension.GPU) {
                            values.forEach(gpu -> addInstances(any, gpu));
                        }
                        all.add(or(any));
                    }
                });
        return all.isEmpty() ? new Document() : and(all);
    }

    /**
     * Whether a rollup is asked for. One in which a label is folded that is asked for may be so in
     * part; it is left out, and the notes say so.
     */
    boolean matches(TokenRollup rollup) {
        var foldedHere = rollup.folded();
        for (var filter : filters.entrySet()) {
            if (!filter.getValue().isEmpty()
                    && !foldedHere.contains(filter.getKey())
                    && !matches(filter.getKey(), filter.getValue(), rollup)) {
                return false;
            }
        }
        folded.addAll(foldedHere);
        if (foldedHere.stream().anyMatch(this::isFiltered)) {
            return false;
        }
        var gpu = rollup.label(TokenDimension.GPU);
        if (gpu != null && !names.isKnown(gpu)) {
            unknownGpus.add(gpu);
        }
        return true;
    }

    /** The value that a rollup's usages are grouped under. */
    @Nullable String groupValue(TokenDimension dimension, TokenRollup rollup) {
        return rollup.folded().contains(dimension)
                ? GroupValue.FOLDED
                : GroupValue.of(value(dimension, rollup));
    }

    TokenNotes notes() {
        return new TokenNotes(List.copyOf(folded), unknownGpus);
    }

    private boolean isFiltered(TokenDimension dimension) {
        return !filters.getOrDefault(dimension, List.of()).isEmpty();
    }

    private boolean matches(TokenDimension dimension, List<String> asked, TokenRollup rollup) {
        var value = value(dimension, rollup);
        if (value == null) {
            return asked.contains("");
        }
        return dimension == TokenDimension.GPU
                ? asked.stream().anyMatch(gpu -> isGpu(gpu, rollup))
                : asked.contains(value);
    }

    private boolean isGpu(String asked, TokenRollup rollup) {
        var named = rollup.label(TokenDimension.GPU);
        if (named == null) {
            return false;
        }
        // an instance is a part of its GPU: only what names it ran on it
        return GpuNames.isInstance(asked)
                ? asked.equals(named)
                : gpuOf(asked, rollup).equals(gpuOf(named, rollup));
    }

    private @Nullable String value(TokenDimension dimension, TokenRollup rollup) {
        var value = rollup.label(dimension);
        return value == null || dimension != TokenDimension.GPU ? value : gpuOf(value, rollup);
    }

    private String gpuOf(String name, TokenRollup rollup) {
        return names.inBucket(name, rollup.bucket());
    }

    /** The texts that a rollup may have for what is asked; null matches a field not there. */
    private Collection<@Nullable String> stored(TokenDimension dimension, List<String> asked) {
        var stored = new HashSet<@Nullable String>();
        for (var value : asked) {
            if (value.isEmpty()) {
                stored.add(null);
            } else if (dimension == TokenDimension.GPU) {
                stored.addAll(names.related(value));
            } else {
                stored.add(value);
            }
        }
        return stored;
    }

    /** Instances whose names hold that of their card, see {@link GpuNames#instancesOf}. */
    private void addInstances(List<Bson> any, String asked) {
        for (var gpu : names.related(asked)) {
            var instances = GpuNames.instancesOf(gpu);
            if (instances != null) {
                any.add(
                        and(
                                gte(StoreLayout.GPU, instances.from()),
                                lt(StoreLayout.GPU, instances.to())));
            }
        }
    }
}
