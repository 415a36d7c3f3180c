package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.bson.Document;
import gpuanalytics.embedded.store.Conditions.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A secondary index in memory, made anew when the store opens. It serves queries that give values
 * for its first fields and perhaps a range for the next.
 *
 * <p>It may name a document whose change is under way, so what it finds is always checked against
 * the query.
 */
final class OrderedIndex extends Index<Object> {

    /** The values of the indexed fields, then the document's key; a bound may end earlier. */
    private record Entry(List<Object> values, int rank) implements Comparable<Entry> {

        @Override
        public int compareTo(Entry other) {
            int common = Math.min(values.size(), other.values.size());
            for (int i = 0; i < common; i++) {
                int order = KeyType.INSTANCE.compare(values.get(i), other.values.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(rank, other.rank);
        }
    }

    private static final int BEFORE_ALL = -1;
    private static final int ITSELF = 0;
    private static final int AFTER_ALL = 1;

    /** The names on the way to each indexed field. */
    private final List<String[]> paths;

    private final ConcurrentSkipListSet<Entry> entries = new ConcurrentSkipListSet<>();

    OrderedIndex(String name, List<IndexKey> keys) {
        // To the library it is sparse: one that need not know every document.
        super(name, keys, true);
        paths = keys.stream().map(key -> key.getKey().split("\\.", -1)).toList();
    }

    /** How much of a query it serves: two for each field with a value, one for a range; 0: none. */
    int fit(Conditions conditions) {
        int fit = 0;
        for (var key : getKeys()) {
            var condition = conditions.of(key.getKey());
            if (condition == null) {
                return fit;
            }
            if (condition.isRange()) {
                return fit + 1;
            }
            fit += 2;
        }
        return fit;
    }

    /** Whether {@link #find} tells keys in the ascending order of a field. */
    boolean isOrderedBy(String field, Conditions conditions) {
        for (var key : getKeys()) {
            var condition = conditions.of(key.getKey());
            if (condition == null || (condition.isRange() && !key.getKey().equals(field))) {
                return false;
            }
            if (key.getKey().equals(field)) {
                return true;
            }
        }
        return false;
    }

    /** The keys of the documents that may match. */
    Stream<Object> find(Conditions conditions) {
        var low = new ArrayList<Object>();
        var high = new ArrayList<Object>();
        for (var key : getKeys()) {
            var condition = conditions.of(key.getKey());
            if (condition == null) {
                break;
            }
            addBounds(condition, low, high);
            if (condition.isRange()) {
                break;
            }
        }
        var from = new Entry(low, BEFORE_ALL);
        var to = new Entry(high, AFTER_ALL);
        if (from.compareTo(to) > 0) {
            return Stream.empty();
        }
        return entries.subSet(from, to).stream().map(entry -> entry.values.getLast()).distinct();
    }

    /** The keys of the documents that come first. */
    Stream<Object> first(int count) {
        return entries.stream().limit(count).map(entry -> entry.values.getLast()).distinct();
    }

    private static void addBounds(Condition condition, List<Object> low, List<Object> high) {
        if (condition.value() != null) {
            low.add(condition.value());
            high.add(condition.value());
        }
        if (condition.low() != null) {
            low.add(condition.low());
        }
        if (condition.high() != null) {
            high.add(condition.high());
        }
    }

    private List<Entry> entriesOf(Document document) {
        var plain = plainKeys(document);
        var keys = plain == null ? libraryKeys(document) : List.of(plain);
        var id = Missing.ofNullable(document.get("_id"));
        return keys.stream()
                .map(
                        key -> {
                            var values = new ArrayList<Object>(key.size() + 1);
                            values.addAll(key);
                            values.add(id);
                            return new Entry(values, ITSELF);
                        })
                .toList();
    }

    /** The values of the indexed fields, several times where one of them has several. */
    private List<List<Object>> libraryKeys(Document document) {
        return getKeyValues(document).stream()
                .map(
                        keyValue -> {
                            var values = new ArrayList<Object>(keyValue.size());
                            keyValue.forEach(value -> values.add(Missing.ofNullable(value)));
                            return (List<Object>) values;
                        })
                .toList();
    }

    /**
     * The same where each indexed field has one simple value or none, as nearly all have; else
     * null.
     */
    private @Nullable List<Object> plainKeys(Document document) {
        var values = new ArrayList<Object>(paths.size());
        for (var path : paths) {
            var value = plainValue(document, path);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    private static @Nullable Object plainValue(Document document, String[] path) {
        Object at = document;
        for (var name : path) {
            if (at instanceof Collection) {
                return null;
            }
            at = at instanceof Document holder ? holder.get(name) : null;
        }
        return switch (at) {
            case null -> Missing.getInstance();
            case Missing missing -> missing;
            case String text -> text;
            case Instant time -> time;
            case Number number -> Utils.normalizeNumber(number);
            default -> null;
        };
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Object> collection) {
        // any number of documents may have the same values
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
        entriesOf(document).forEach(entries::add);
    }

    @Override
    @SuppressWarnings("NullAway") // the library has no annotations; null stands for "ask another"
    public Object remove(Document document) {
        entriesOf(document).forEach(entries::remove);
        return null;
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
        // any number of documents may have the same values
    }

    @Override
    public void updateInPlace(
            Document before, Document after, Object position, MongoCollection<Object> collection) {
        // Compared as the index compares them: 2 and 2.0 are one entry.
        var old = new TreeSet<>(entriesOf(before));
        var now = new TreeSet<>(entriesOf(after));
        // Added first: a reader must never miss the document.
        now.stream().filter(entry -> !old.contains(entry)).forEach(entries::add);
        old.stream().filter(entry -> !now.contains(entry)).forEach(entries::remove);
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public Object getPosition(Document document) {
        return null;
    }

    @Override
    public boolean canHandle(Document query) {
        return fit(Conditions.of(query)) > 0;
    }

    @Override
    public Iterable<Object> getPositions(Document query) {
        return find(Conditions.of(query)).toList();
    }

    @Override
    public long getCount() {
        return entries.size();
    }

    @Override
    public long getDataSize() {
        return 0;
    }

    @Override
    public void drop() {
        entries.clear();
    }
}
