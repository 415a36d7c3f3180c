package gpuanalytics.processor.price;

import java.time.Instant;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The prices of one thing over time: at a moment that one which began last among those that hold
 * then, so that a price with an end gives way to the one before it.
 */
final class DatedRates<R extends Rate> {

    /** A price and the list that has it. */
    record Listed<R extends Rate>(R rate, String version) {

        ListedPrice of(String model) {
            return new ListedPrice(model, rate, version);
        }
    }

    private final NavigableMap<Instant, Listed<R>> byStart = new TreeMap<>();

    /** Takes a price in; it stands for one from the same moment on that is there already. */
    void add(R rate, String version) {
        byStart.put(rate.validity().from(), new Listed<>(rate, version));
    }

    Optional<Listed<R>> at(Instant at) {
        return byStart.headMap(at, true).descendingMap().values().stream()
                .filter(listed -> listed.rate().validity().covers(at))
                .findFirst();
    }

    /** The moments at which a price begins or ends. */
    void addChanges(Collection<Instant> changes) {
        for (var listed : byStart.values()) {
            changes.add(listed.rate().validity().from());
            listed.rate().validity().to().ifPresent(changes::add);
        }
    }

    /** Whether this very price is there, and stands. */
    boolean has(R rate) {
        var listed = byStart.get(rate.validity().from());
        return listed != null && listed.rate().equals(rate);
    }
}
