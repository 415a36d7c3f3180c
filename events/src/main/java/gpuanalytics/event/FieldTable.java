package gpuanalytics.event;

import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Kind;
import gpuanalytics.event.Field.Reading;
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

    /** 1970: buckets are counted from there. */
    private static final double MIN_TIME_S = 0;

    /** 2262: the last whole second whose nanoseconds since 1970 an int64 can hold. */
    private static final double MAX_TIME_S = 9_223_372_035d;

    /**
     * A name found in a record.
     *
     * @param name the name
     * @param field the field it means
     * @param alias the alias it is, or null for the field's own name
     * @param rank 0 for the field's own name, then the aliases in declared order; where a record
     *     has several names of one field, the lowest rank that has a value counts
     */
    public record Named(String name, Field<?> field, @Nullable Alias alias, int rank) {}

    private final List<Field<?>> fields = new ArrayList<>();
    private final List<Field<?>> view = Collections.unmodifiableList(fields);
    private final Map<String, Named> byName = new HashMap<>();

    FieldTable() {}

    /** The fields in declared order; {@code fields().get(i).index() == i}. */
    public List<Field<?>> fields() {
        return view;
    }

    /** What a name in a record means, or null for a name the contract does not know. */
    public @Nullable Named find(String name) {
        return byName.get(name);
    }

    /** Whether this very field is one of the table's. */
    boolean owns(Field<?> field) {
        return field.index() < fields.size() && fields.get(field.index()).equals(field);
    }

    static Alias alias(String name) {
        return alias(name, 1);
    }

    /** Another name for a field; numbers under it are multiplied with {@code scale}. */
    static Alias alias(String name, double scale) {
        return new Alias(name, scale, Reading.SCALED);
    }

    static Alias ratioOrPercent(String name) {
        return new Alias(name, 1, Reading.RATIO_OR_PERCENT);
    }

    static Alias label(String name) {
        return new Alias(name, 1, Reading.LABEL);
    }

    Field<String> requiredText(String name, Alias... aliases) {
        return add(
                name,
                Kind.TEXT,
                String.class,
                "",
                1,
                Field.MAX_TEXT_CHARS,
                Aggregation.NONE,
                true,
                aliases);
    }

    Field<String> text(String name, Alias... aliases) {
        return add(
                name,
                Kind.TEXT,
                String.class,
                "",
                1,
                Field.MAX_TEXT_CHARS,
                Aggregation.NONE,
                false,
                aliases);
    }

    Field<Instant> requiredTime(String name, Alias... aliases) {
        return add(
                name,
                Kind.TIME,
                Instant.class,
                "",
                MIN_TIME_S,
                MAX_TIME_S,
                Aggregation.NONE,
                true,
                aliases);
    }

    Field<Long> integer(
            String name,
            String unit,
            double min,
            double max,
            Aggregation aggregation,
            Alias... aliases) {
        return add(name, Kind.INTEGER, Long.class, unit, min, max, aggregation, false, aliases);
    }

    Field<Double> number(
            String name,
            String unit,
            double min,
            double max,
            Aggregation aggregation,
            Alias... aliases) {
        return add(name, Kind.NUMBER, Double.class, unit, min, max, aggregation, false, aliases);
    }

    Field<Double> ratio(String name, Alias... aliases) {
        return number(name, "1", 0, 1, Aggregation.GAUGE, aliases);
    }

    Field<Boolean> flag(String name, Alias... aliases) {
        return add(name, Kind.FLAG, Boolean.class, "", 0, 1, Aggregation.NONE, false, aliases);
    }

    private <T> Field<T> add(
            String name,
            Kind kind,
            Class<T> type,
            String unit,
            double min,
            double max,
            Aggregation aggregation,
            boolean required,
            Alias... aliases) {
        var field =
                new Field<>(
                        name,
                        kind,
                        type,
                        unit,
                        min,
                        max,
                        aggregation,
                        required,
                        fields.size(),
                        Arrays.asList(aliases));
        fields.add(field);
        put(new Named(name, field, null, 0));
        for (int i = 0; i < aliases.length; i++) {
            put(new Named(aliases[i].name(), field, aliases[i], i + 1));
        }
        return field;
    }

    private void put(Named named) {
        if (byName.putIfAbsent(named.name(), named) != null) {
            throw new IllegalStateException("two fields are called " + named.name());
        }
    }
}
