package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.Faults;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** That of the prices of one model no two say to hold at one moment. */
final class DatedOverlap<R extends Rate, K> {

    /** What may have a price of its own at a moment. */
    interface Kind<R, K> {
        K of(R rate);
    }

    private record Placed<R extends Rate>(String path, R rate) {}

    private final Kind<R, K> kind;
    private final Faults faults;
    private final Map<K, List<Placed<R>>> placed = new HashMap<>();

    DatedOverlap(Kind<R, K> kind, Faults faults) {
        this.kind = kind;
        this.faults = faults;
    }

    void add(String path, R rate) {
        placed.computeIfAbsent(kind.of(rate), _ -> new ArrayList<>()).add(new Placed<>(path, rate));
    }

    /** One fault for each price that begins in the time of another. */
    void check() {
        for (var rates : placed.values()) {
            rates.sort(Comparator.comparing(each -> each.rate().validity().from()));
            var longest = rates.getFirst();
            for (var later : rates.subList(1, rates.size())) {
                if (longest.rate().validity().runsInto(later.rate().validity())) {
                    faults.add(
                            later.path() + "." + PriceFields.EFFECTIVE_FROM,
                            later.rate().validity().from().toString(),
                            "a time outside that of " + told(longest));
                }
                longest = laterEnd(longest, later);
            }
        }
    }

    /** An end that is told reaches further than a beginning alone, which the next one ends. */
    private static <R extends Rate> Placed<R> laterEnd(Placed<R> one, Placed<R> later) {
        var end = one.rate().validity().to();
        var other = later.rate().validity();
        var otherEnd = other.to().orElse(other.from());
        return end.isPresent() && end.get().isAfter(otherEnd) ? one : later;
    }

    private static String told(Placed<? extends Rate> placed) {
        var validity = placed.rate().validity();
        return validity.to()
                .map(to -> "%s (%s to %s)".formatted(placed.path(), validity.from(), to))
                .orElse("%s (from %s)".formatted(placed.path(), validity.from()));
    }
}
