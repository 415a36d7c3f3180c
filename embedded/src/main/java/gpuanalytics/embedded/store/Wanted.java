package gpuanalytics.embedded.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of documents a search needs: those that it shows, and those that it compares or
 * sorts by. Reading only these is what a projection is for.
 */
final class Wanted {

    private static final String ID = "_id";

    /** A field; all of it, or of a document only some fields. */
    private static final class Field {

        private final byte[] name;
        private final @Nullable Wanted part;

        Field(byte[] name, @Nullable Wanted part) {
            this.name = name;
            this.part = part;
        }
    }

    /** Stands for all fields that are not named, where all but the named ones are wanted. */
    private static final int OTHER = Integer.MAX_VALUE;

    private final List<Field> fields = new ArrayList<>();
    private boolean isAllBut;

    private Wanted() {}

    /** What a search needs; empty where that may be anything. */
    static Optional<Wanted> of(Document query, Document orderBy, Document shown) {
        var wanted = new Wanted();
        wanted.add(ID);
        return !shown.isEmpty()
                        && wanted.addShown(shown)
                        && wanted.addCompared(query)
                        && wanted.addSorted(orderBy)
                ? Optional.of(wanted)
                : Optional.empty();
    }

    /** What a projection shows, no more; empty where it is no list of fields to show or hide. */
    static Optional<Wanted> shown(Document shown) {
        return shown.values().stream().allMatch(Wanted::isZero)
                ? allBut(shown.keySet())
                : listed(shown);
    }

    private static boolean isZero(@Nullable Object shown) {
        return Boolean.FALSE.equals(shown)
                || (shown instanceof Number number && number.intValue() == 0);
    }

    private static Optional<Wanted> allBut(Set<String> hidden) {
        if (hidden.stream().anyMatch(name -> name.contains(".") || name.contains("$"))) {
            return Optional.empty();
        }
        var wanted = new Wanted();
        hidden.forEach(wanted::add);
        wanted.isAllBut = true;
        return Optional.of(wanted);
    }

    private static Optional<Wanted> listed(Document shown) {
        var wanted = new Wanted();
        if (!shown.containsKey(ID) || isOne(shown.get(ID))) {
            wanted.add(ID);
        }
        var fields = new Document(shown);
        fields.remove(ID);
        return !fields.isEmpty() && wanted.addShown(fields) && !isTwice(fields)
                ? Optional.of(wanted)
                : Optional.empty();
    }

    /** Whether a field is shown both whole and in part. */
    private static boolean isTwice(Document shown) {
        for (var path : shown.keySet()) {
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                if (shown.containsKey(path.substring(0, dot))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What a query compares; empty where that may be anything. */
    static Optional<Wanted> compared(Document query) {
        var wanted = new Wanted();
        wanted.add(ID);
        return wanted.addCompared(query) ? Optional.of(wanted) : Optional.empty();
    }

    /** Of the document that a field holds; null where all of it is wanted. */
    @Nullable Wanted part(int field) {
        return field == OTHER ? null : fields.get(field).part;
    }

    /** Which field has the name that lies in these bytes; -1 where it is not wanted. */
    int find(byte[] bytes, int from, int to) {
        for (int i = 0; i < fields.size(); i++) {
            var name = fields.get(i).name;
            if (name.length == to - from && Arrays.equals(bytes, from, to, name, 0, name.length)) {
                return isAllBut ? -1 : i;
            }
        }
        return isAllBut ? OTHER : -1;
    }

    private boolean addShown(Document shown) {
        for (var field : shown.entrySet()) {
            var isShown =
                    field.getValue() instanceof Boolean is
                            ? is
                            : field.getValue() instanceof Number number && number.intValue() != 0;
            if (field.getKey().contains("$") || (!isShown && !field.getKey().equals(ID))) {
                return false;
            }
            add(field.getKey());
        }
        // the identity alone is shown, or all but the identity
        return shown.size() > 1 || !shown.containsKey(ID) || isOne(shown.get(ID));
    }

    private static boolean isOne(@Nullable Object shown) {
        return Boolean.TRUE.equals(shown)
                || (shown instanceof Number number && number.intValue() != 0);
    }

    private boolean addCompared(Document query) {
        for (var condition : query.entrySet()) {
            var name = condition.getKey();
            if (!name.startsWith("$")) {
                add(root(name));
            } else if (!List.of("$and", "$or", "$nor").contains(name)
                    || !(condition.getValue() instanceof Collection<?> parts)
                    || !parts.stream()
                            .allMatch(part -> part instanceof Document some && addCompared(some))) {
                return false;
            }
        }
        return true;
    }

    private boolean addSorted(Document orderBy) {
        for (var name : orderBy.keySet()) {
            if (name.startsWith("$")) {
                return false;
            }
            add(root(name));
        }
        return true;
    }

    private static String root(String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }

    private void add(String path) {
        var root = root(path);
        var name = root.getBytes(UTF_8);
        int known = name.length == 0 ? -1 : find(name, 0, name.length);
        if (path.length() == root.length()) {
            put(known, new Field(name, null));
            return;
        }
        var part = known < 0 ? new Wanted() : fields.get(known).part;
        if (part != null) {
            part.add(path.substring(root.length() + 1));
            put(known, new Field(name, part));
        }
    }

    private void put(int known, Field field) {
        if (known < 0) {
            fields.add(field);
        } else {
            fields.set(known, field);
        }
    }
}
