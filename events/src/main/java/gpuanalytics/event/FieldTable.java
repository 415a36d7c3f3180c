package gpuanalytics.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of one topic in the order they are declared, and where each accepted name leads. */
public final class FieldTable {

    /** A name found in a record: the field it means, and the factor to the field's unit. */
    public record Named(Field<?> field, double scale, boolean alias) {}

    private final List<Field<?>> fields = new ArrayList<>();
    private final Map<String, Named> byName = new HashMap<>();

    FieldTable() {}

    /** The fields in declared order; {@code fields().get(i).index() == i}. */
    public List<Field<?>> fields() {
        return Collections.unmodifiableList(fields);
    }

    /** What a name in a record means, or null for a name the contract does not know. */
    public @Nullable Named find(String name) {
        return byName.get(name);
    }

    /** Another name for a field; numbers under it are multiplied with {@code scale}. */
    static Field.Alias alias(String name, double scale) {
        return new Field.Alias(name, scale);
    }

    static Field.Alias alias(String name) {
        return new Field.Alias(name, 1);
    }

    Field<String> requiredText(String name, Field.Alias... aliases) {
        return add(name, Field.Kind.TEXT, String.class, "", 1, Field.MAX_TEXT_CHARS, true, aliases);
    }

    Field<String> text(String name, Field.Alias... aliases) {
        return add(
                name, Field.Kind.TEXT, String.class, "", 1, Field.MAX_TEXT_CHARS, false, aliases);
    }

    Field<Instant> requiredTime(String name, Field.Alias... aliases) {
        return add(name, Field.Kind.TIME, Instant.class, "", 0, 0, true, aliases);
    }

    Field<Long> integer(String name, String unit, double min, double max, Field.Alias... aliases) {
        return add(name, Field.Kind.INTEGER, Long.class, unit, min, max, false, aliases);
    }

    Field<Double> number(String name, String unit, double min, double max, Field.Alias... aliases) {
        return add(name, Field.Kind.NUMBER, Double.class, unit, min, max, false, aliases);
    }

    Field<Double> ratio(String name, Field.Alias... aliases) {
        return number(name, "1", 0, 1, aliases);
    }

    Field<Boolean> flag(String name, Field.Alias... aliases) {
        return add(name, Field.Kind.FLAG, Boolean.class, "", 0, 1, false, aliases);
    }

    private <T> Field<T> add(
            String name,
            Field.Kind kind,
            Class<T> type,
            String unit,
            double min,
            double max,
            boolean required,
            Field.Alias... aliases) {
        var field =
                new Field<>(
                        name,
                        kind,
                        type,
                        unit,
                        min,
                        max,
                        required,
                        fields.size(),
                        Arrays.asList(aliases));
        fields.add(field);
        put(name, new Named(field, 1, false));
        for (var alias : aliases) {
            put(alias.name(), new Named(field, alias.scale(), true));
        }
        return field;
    }

    private void put(String name, Named named) {
        if (byName.putIfAbsent(name, named) != null) {
            throw new IllegalStateException("two fields are called " + name);
        }
    }
}
