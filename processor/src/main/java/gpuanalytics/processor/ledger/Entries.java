package gpuanalytics.processor.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Entries of the ledger as they add up. For one thread. */
final class Entries {

    private final Map<EntryKey, Amounts> entries = new HashMap<>();

    Amounts of(EntryKey key) {
        return entries.computeIfAbsent(key, _ -> new Amounts());
    }

    void add(Entries others, UnaryOperator<EntryKey> as) {
        others.entries.forEach((key, amounts) -> of(as.apply(key)).add(amounts));
    }

    /** In an order for which it does not matter how they came up. */
    SortedMap<EntryKey, Amounts> sorted() {
        var sorted = new TreeMap<EntryKey, Amounts>(EntryKey.ORDER);
        sorted.putAll(entries);
        return sorted;
    }

    /** The same in that order, which takes little more than they do. */
    List<Map.Entry<EntryKey, Amounts>> inOrder() {
        var inOrder = new ArrayList<>(entries.entrySet());
        inOrder.sort(Map.Entry.comparingByKey(EntryKey.ORDER));
        return inOrder;
    }
}
