package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.backend.NumericUtils;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An update of simple operators and paths, as all hot ones are. The library takes each path apart
 * by a regular expression, and several times. Whatever is not simple, errors among it, is left to
 * the library.
 */
final class PlainUpdate {

    private static final Set<String> OPERATORS =
            Set.of("$inc", "$min", "$max", "$set", "$setOnInsert");

    private static final Set<String> RANGES =
            Set.of("$not", "$lt", "$lte", "$gt", "$gte", "$ne", "$exists");

    private static final ValueComparator ORDER = ValueComparator.ascWithoutListHandling();

    private final Document document;
    private final boolean isNew;

    private PlainUpdate(Document document, boolean isNew) {
        this.document = document;
        this.isNew = isNew;
    }

    /** The document that an upsert makes; null where it is not simple. */
    static @Nullable Document made(Document selector, String id, Document update) {
        return selector.entrySet().stream().allMatch(PlainUpdate::addsNothing)
                ? applied(new Document("_id", id), update, true)
                : null;
    }

    /** What a selector says of equal values becomes part of the new document, ranges do not. */
    private static boolean addsNothing(Map.Entry<String, Object> demand) {
        return demand.getKey().equals("_id")
                || (!demand.getKey().startsWith("$")
                        && demand.getValue() instanceof Document operators
                        && !operators.isEmpty()
                        && RANGES.containsAll(operators.keySet()));
    }

    /**
     * The document as it is after the update; null where the update is not simple for it.
     *
     * @param isNew whether it is made by the update
     */
    static @Nullable Document applied(Document before, Document update, boolean isNew) {
        var plain = new PlainUpdate(before.cloneDeeply(), isNew);
        for (var operator : update.entrySet()) {
            if (!OPERATORS.contains(operator.getKey())
                    || !(operator.getValue() instanceof Document changes)
                    || !plain.applyAll(operator.getKey(), changes)) {
                return null;
            }
        }
        return plain.document;
    }

    private boolean applyAll(String operator, Document changes) {
        if (operator.equals("$setOnInsert") && !isNew) {
            return true;
        }
        for (var change : changes.entrySet()) {
            if (!apply(operator, change.getKey(), change.getValue())) {
                return false;
            }
        }
        return !changes.isEmpty();
    }

    private boolean apply(String operator, String path, @Nullable Object value) {
        var parent = document;
        int from = 0;
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
            var name = path.substring(from, dot);
            if (!isPlain(name)) {
                return false;
            }
            if (!parent.containsKey(name)) {
                parent.put(name, new Document());
            }
            if (!(parent.get(name) instanceof Document child)) {
                return false;
            }
            parent = child;
            from = dot + 1;
        }
        var name = path.substring(from);
        return isPlain(name) && value != null && change(operator, parent, name, value);
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty() && name.charAt(0) != '$' && !name.equals("_id");
    }

    private boolean change(String operator, Document parent, String name, Object value) {
        var present = parent.get(name);
        if (present == null && parent.containsKey(name)) {
            return false;
        }
        return switch (operator) {
            case "$set", "$setOnInsert" -> put(parent, name, present, value);
            case "$inc" -> add(parent, name, present, value);
            case "$min" ->
                    (present != null && ORDER.compare(value, present) >= 0)
                            || put(parent, name, present, value);
            case "$max" ->
                    (present != null && ORDER.compare(value, present) <= 0)
                            || put(parent, name, present, value);
            default -> false;
        };
    }

    /** Whether numbers of different types are the same is the library's to say. */
    private static boolean put(
            Document parent, String name, @Nullable Object present, Object value) {
        if (present != null && (value instanceof Document || value instanceof Collection)) {
            return false;
        }
        if (present instanceof Number
                && value instanceof Number
                && present.getClass() != value.getClass()
                && ORDER.compare(value, present) == 0) {
            return false;
        }
        parent.put(name, value);
        return true;
    }

    private static boolean add(Document parent, String name, @Nullable Object present, Object by) {
        return (present == null || present instanceof Number)
                && by instanceof Number more
                && put(parent, name, present, sum((Number) present, more));
    }

    private static Number sum(@Nullable Number present, Number more) {
        return NumericUtils.addNumbers(present == null ? Integer.valueOf(0) : present, more);
    }
}
