package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a query demands of single fields, as far as an index can use it. All of it must hold, so
 * that an index that uses a part of it finds too many documents but never too few.
 */
final class Conditions {

    private static final Set<String> LOWER = Set.of("$gt", "$gte");
    private static final Set<String> UPPER = Set.of("$lt", "$lte");

    /** One value, or a range with one or two ends, both taken as inclusive. */
    record Condition(@Nullable Object value, @Nullable Object low, @Nullable Object high) {

        boolean isRange() {
            return low != null || high != null;
        }
    }

    private final Map<String, Condition> byField = new HashMap<>();
    private final Map<String, Collection<?>> choices = new HashMap<>();
    private List<Conditions> anyOf = List.of();

    private Conditions() {}

    static Conditions of(Document query) {
        var conditions = new Conditions();
        conditions.addAll(query);
        return conditions;
    }

    /** What is demanded of the field, or null for nothing that an index can use. */
    @Nullable Condition of(String field) {
        return byField.get(field);
    }

    /** The values that the field may have by {@code $in}, or null where there is no such demand. */
    @Nullable Collection<?> choicesOf(String field) {
        return choices.get(field);
    }

    /** Of which one at least must hold, by {@code $or}; empty where there is no such demand. */
    List<Conditions> anyOf() {
        return anyOf;
    }

    private void addAll(Document query) {
        query.forEach(
                (field, value) -> {
                    if (field.equals("$and") && value instanceof Collection<?> parts) {
                        parts.forEach(part -> addAll((Document) part));
                    } else if (field.equals("$or") && value instanceof Collection<?> parts) {
                        anyOf = parts.stream().map(part -> of((Document) part)).toList();
                    } else if (!field.startsWith("$")) {
                        add(field, value);
                    }
                });
    }

    private void add(String field, @Nullable Object value) {
        if (!(value instanceof Document operators)
                || operators.keySet().stream().noneMatch(key -> key.startsWith("$"))) {
            addValue(field, value);
            return;
        }
        operators.forEach(
                (operator, operand) -> {
                    if (operator.equals("$eq")) {
                        addValue(field, operand);
                    } else if (operator.equals("$in") && operand instanceof Collection<?> values) {
                        addChoices(field, values);
                    } else if (operator.equals("$elemMatch") && operand instanceof Document part) {
                        // an index has an entry for each element, and one of them must match
                        part.forEach((inner, demand) -> addInner(field, inner, demand));
                    } else if (LOWER.contains(operator) && isSingle(operand)) {
                        byField.merge(field, new Condition(null, operand, null), this::narrower);
                    } else if (UPPER.contains(operator) && isSingle(operand)) {
                        byField.merge(field, new Condition(null, null, operand), this::narrower);
                    }
                });
    }

    private void addInner(String field, String inner, @Nullable Object demand) {
        if (!inner.startsWith("$")) {
            add(field + "." + inner, demand);
        }
    }

    private void addValue(String field, @Nullable Object value) {
        if (isSingle(value)) {
            byField.put(field, new Condition(value, null, null));
        }
    }

    private void addChoices(String field, Collection<?> values) {
        if (values.stream().allMatch(Conditions::isSingle)) {
            choices.put(field, values);
        }
    }

    /** A value that matches itself alone: null matches a missing field, a list its elements. */
    private static boolean isSingle(@Nullable Object value) {
        return value != null
                && !(value instanceof Collection)
                && !BsonRegularExpression.isRegularExpression(value);
    }

    private Condition narrower(Condition known, Condition added) {
        if (known.value() != null) {
            return known;
        }
        return new Condition(
                null,
                added.low() != null ? added.low() : known.low(),
                added.high() != null ? added.high() : known.high());
    }
}
