package gpuanalytics.event;

import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.Field.Alias;
import gpuanalytics.event.Field.Kind;
import gpuanalytics.event.Field.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of one topic in the order they are declared, and where each accepted name leads. */
public final class FieldTable {

    /** 1970: buckets are counted from there. */
    private static final double MIN_TIME_S = 0;

    /** 2262: the last whole second whose nanoseconds since 1970 an int64 can hold. */
    private static final double MAX_TIME_S = 9_223_372_035d;

    private static final Pattern SNAKE_CASE = Pattern.compile("[a-z0-9_.]+");
    private static final Pattern WORD = Pattern.compile("_([a-z0-9])");

    /**
     * A name found in a record.
     *
     * @param name the name
     * @param field the field it means
     * @param alias the alias it is, or null for the field's own name
     * @param rank 0 for the field's own name, then the aliases in declared order, then all of these
     *     in camelCase; where a record has several names of one field, the lowest rank that has a
     *     value counts
     */
    public record Named(String name, Field<?> field, @Nullable Alias alias, int rank) {}

    private final List<Field<?>> fields = new ArrayList<>();
    private final List<Field<?>> view = Collections.unmodifiableList(fields);
    private final Map<String, Named> byName = new HashMap<>();

    private final BitSet essential = new BitSet();
    private final Set<String> totals = new HashSet<>();
    private final Set<String> besideOthers = new HashSet<>();

    FieldTable() {}

    /** The fields in declared order; {@code fields().get(i).index() == i}. */
    public List<Field<?>> fields() {
        return view;
    }

    /**
     * What a name in a record means, or null for a name the contract does not know. A unit in
     * brackets behind a name, as nvidia-smi writes it, is no part of it.
     */
    public @Nullable Named find(String name) {
        var found = byName.get(name);
        if (found == null && name.endsWith("]")) {
            int unit = name.indexOf(" [");
            return unit < 0 ? null : byName.get(name.substring(0, unit));
        }
        return found;
    }

    /** Every name that means something: the fields' own, their aliases, and these in camelCase. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** Whether a field tells events apart or is what they count, so that a bad one costs them. */
    boolean isEssential(Field<?> field) {
        return essential.get(field.index());
    }

    /** Whether a name stands for a sum of which no part can be told. */
    boolean isTotal(String name) {
        return totals.contains(name);
    }

    void essential(Field<?>... fieldsOfIt) {
        for (var field : fieldsOfIt) {
            essential.set(field.index());
        }
    }

    /** Names of a sum; they are known, but are no field's. */
    void totals(String... names) {
        for (var name : names) {
            totals.add(name);
            totals.add(camelCase(name));
        }
    }

    /** Names that are known and are no field's. */
    public Set<String> totals() {
        return Collections.unmodifiableSet(totals);
    }

    /** Names that are no field's, but say something about one beside others, or by their value. */
    void besideOthers(String... names) {
        for (var name : names) {
            besideOthers.add(name);
            besideOthers.add(camelCase(name));
        }
    }

    /** Names that are no field's, but say something about one beside others, or by their value. */
    public Set<String> besideOthers() {
        return Collections.unmodifiableSet(besideOthers);
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
        putCamelCase(field);
        return field;
    }

    /** Many systems write the same names in camelCase; one that is a name itself stays that. */
    private void putCamelCase(Field<?> field) {
        int rank = field.aliases().size() + 1;
        byName.putIfAbsent(
                camelCase(field.name()), new Named(camelCase(field.name()), field, null, rank));
        for (var alias : field.aliases()) {
            rank++;
            var name = camelCase(alias.name());
            byName.putIfAbsent(name, new Named(name, field, alias, rank));
        }
    }

    /** {@code cached_prompt_tokens} as {@code cachedPromptTokens}. */
    static String camelCase(String name) {
        return isSnakeCase(name)
                ? WORD.matcher(name).replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT))
                : name;
    }

    private static boolean isSnakeCase(String name) {
        return !name.startsWith("gen_ai.") && SNAKE_CASE.matcher(name).matches();
    }

    private void put(Named named) {
        var before = byName.put(named.name(), named);
        // A name of its own goes before another one's in camelCase.
        if (before != null && before.rank() <= before.field().aliases().size()) {
            throw new IllegalStateException("two fields are called " + named.name());
        }
    }
}
