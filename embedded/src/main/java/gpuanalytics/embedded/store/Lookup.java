package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.bson.Document;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds documents that may match a query by the index that serves it best. */
final class Lookup {

    private final List<Index<Object>> indexes;
    private final @Nullable String idField;

    /**
     * @param idField null where documents have no identity
     */
    Lookup(List<Index<Object>> indexes, @Nullable String idField) {
        this.indexes = indexes;
        this.idField = idField;
    }

    /** The keys of those documents; null where no index serves the query. */
    @Nullable Stream<Object> keys(Document query) {
        var conditions = Conditions.of(query);
        var byId = byId(conditions);
        if (byId != null) {
            return byId;
        }
        var best = best(conditions);
        if (best != null) {
            return best.find(conditions);
        }
        var any = byAnyOf(conditions);
        return any == null ? null : any.stream();
    }

    /**
     * What is left to compare of a query with documents that {@link #keys} has told: a list of
     * identities was looked up one by one, and each document need not look for itself in it again.
     */
    Document rest(Document query) {
        if (idField == null
                || query.containsKey("$and")
                || !(query.get(idField) instanceof Document operators)
                || !operators.keySet().equals(Set.of("$in"))
                || byId(Conditions.of(query)) == null) {
            return query;
        }
        var rest = new Document();
        query.forEach(
                (field, value) -> {
                    if (!field.equals(idField)) {
                        rest.put(field, value);
                    }
                });
        return rest;
    }

    /** Whether {@link #keys} tells those documents in an order as it is. */
    boolean isInOrder(Document query, Document orderBy) {
        if (orderBy.isEmpty()) {
            return true;
        }
        var conditions = Conditions.of(query);
        var best = byId(conditions) == null ? best(conditions) : null;
        var first = orderBy.entrySet().iterator().next();
        return best != null
                && orderBy.size() == 1
                && first.getValue() instanceof Number direction
                && direction.intValue() == 1
                && best.isOrderedBy(first.getKey(), conditions);
    }

    private @Nullable OrderedIndex best(Conditions conditions) {
        OrderedIndex best = null;
        for (var index : indexes) {
            if (index instanceof OrderedIndex ordered
                    && ordered.fit(conditions) > (best == null ? 0 : best.fit(conditions))) {
                best = ordered;
            }
        }
        return best;
    }

    /** The keys of what may match one of several demands; null where no index serves one. */
    private @Nullable Set<Object> byAnyOf(Conditions conditions) {
        var found = new LinkedHashSet<Object>();
        for (var demand : conditions.anyOf()) {
            var best = best(demand);
            if (best == null) {
                return null;
            }
            best.find(demand).forEach(found::add);
        }
        return conditions.anyOf().isEmpty() ? null : found;
    }

    private @Nullable Stream<Object> byId(Conditions conditions) {
        if (idField == null) {
            return null;
        }
        for (var index : indexes) {
            if (index instanceof IdIndex ids) {
                var condition = conditions.of(idField);
                if (condition != null && condition.value() != null) {
                    return Stream.ofNullable(ids.find(condition.value()));
                }
                var choices = conditions.choicesOf(idField);
                if (choices != null) {
                    return choices.stream()
                            .map(ids::find)
                            .filter(Objects::nonNull)
                            .<Object>map(found -> found)
                            .distinct();
                }
            }
        }
        return null;
    }
}
