package gpuanalytics.processor.ledger;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Entries of the ledger as they add up, told in an order for which it does not matter how they came
 * up. An hour may have hundreds of thousands, which differ in their group alone: what they share is
 * kept once. For one thread.
 */
final class Entries implements Iterable<Map.Entry<EntryKey, Amounts>> {

    private final Map<EntryKey.Place, Map<Group, Amounts>> places = new HashMap<>();

    Amounts of(EntryKey key) {
        return at(key.place()).computeIfAbsent(key.group(), _ -> new Amounts());
    }

    /** The entries of a place, by group; what is put there is an entry. */
    Map<Group, Amounts> at(EntryKey.Place place) {
        return places.computeIfAbsent(place, _ -> new HashMap<>());
    }

    void add(Entries others, UnaryOperator<EntryKey> as) {
        others.forEach((key, amounts) -> of(as.apply(key)).add(amounts));
    }

    void forEach(BiConsumer<EntryKey, Amounts> reader) {
        forEach(entry -> reader.accept(entry.getKey(), entry.getValue()));
    }

    @Override
    public Iterator<Map.Entry<EntryKey, Amounts>> iterator() {
        return places.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(EntryKey.Place.ORDER))
                .flatMap(
                        place ->
                                place.getValue().entrySet().stream()
                                        .sorted(Map.Entry.comparingByKey(Group.ORDER))
                                        .map(
                                                entry ->
                                                        Map.entry(
                                                                place.getKey().of(entry.getKey()),
                                                                entry.getValue())))
                .iterator();
    }
}
