package gpuanalytics.processor.price;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The known name that is most like another one: that with the most pairs of neighbouring letters in
 * common, as a share of the pairs of both. So {@code h100} is like {@code NVIDIA H100 80GB HBM3},
 * which differs from it in more letters than {@code L40S} does.
 */
final class SimilarName {

    private SimilarName() {}

    /** The nearest name; empty where none has anything in common with it. */
    static Optional<String> of(String name, Collection<String> known) {
        var pairs = pairs(name);
        return known.stream()
                .filter(each -> likeness(pairs, each) > 0)
                .max(
                        Comparator.comparingDouble((String each) -> likeness(pairs, each))
                                .thenComparing(Comparator.reverseOrder()));
    }

    private static double likeness(Set<String> pairs, String other) {
        var others = pairs(other);
        double all = pairs.size() + others.size();
        others.retainAll(pairs);
        return 2 * others.size() / all;
    }

    /** With the ends of the name, so that one letter has pairs too. */
    private static Set<String> pairs(String name) {
        var text = " %s ".formatted(name.toLowerCase(Locale.ROOT));
        var pairs = new HashSet<String>();
        for (int i = 0; i + 2 <= text.length(); i++) {
            pairs.add(text.substring(i, i + 2));
        }
        return pairs;
    }
}
