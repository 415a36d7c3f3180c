package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.Faults;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names as people write them to the models of a book: the model's own name, then an alias as it is
 * listed, then the alias with a {@code *} that has the most letters. Nothing that is not listed
 * matches.
 */
final class Names {

    private static final Comparator<Pattern> MOST_LETTERS_FIRST =
            Comparator.comparingInt((Pattern pattern) -> -pattern.letters())
                    .thenComparing(Pattern::text);

    private record Pattern(String text, String model) {

        int letters() {
            return (int) text.chars().filter(c -> c != '*').count();
        }
    }

    private final Set<String> models = new HashSet<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final List<Pattern> patterns = new ArrayList<>();

    /** Takes a model in; of a name that stood for another one the last says what it stands for. */
    void add(PricedModel<?> priced) {
        models.add(priced.model());
        for (var alias : priced.aliases()) {
            if (isPattern(alias)) {
                patterns.removeIf(pattern -> pattern.text().equals(alias));
                patterns.add(new Pattern(alias, priced.model()));
            } else {
                aliases.put(alias, priced.model());
            }
        }
    }

    void sort() {
        patterns.sort(MOST_LETTERS_FIRST);
    }

    /** The model that a name stands for. */
    Optional<String> model(String name) {
        if (models.contains(name)) {
            return Optional.of(name);
        }
        var listed = aliases.get(name);
        if (listed != null) {
            return Optional.of(listed);
        }
        return patterns.stream()
                .filter(pattern -> matches(pattern.text(), name))
                .map(Pattern::model)
                .findFirst();
    }

    /** Whether the model and all its aliases are there, and stand for it. */
    boolean says(PricedModel<?> priced) {
        return models.contains(priced.model())
                && priced.aliases().stream()
                        .allMatch(alias -> priced.model().equals(standsFor(alias)));
    }

    /** Notes every name that stands for another model already. */
    void check(String path, List<? extends PricedModel<?>> priced, Faults faults) {
        for (int i = 0; i < priced.size(); i++) {
            var model = priced.get(i);
            var known = aliases.get(model.model());
            if (known != null && !models.contains(model.model())) {
                faults.add(
                        "%s[%d].model".formatted(path, i),
                        model.model(),
                        "a name that is no alias of %s".formatted(known));
            }
            for (int j = 0; j < model.aliases().size(); j++) {
                var alias = model.aliases().get(j);
                var other = models.contains(alias) ? alias : standsFor(alias);
                if (other != null && !other.equals(model.model())) {
                    faults.add(
                            "%s[%d].aliases[%d]".formatted(path, i, j),
                            alias,
                            "a name that does not stand for %s".formatted(other));
                }
            }
        }
    }

    /** The model that an alias is listed for. */
    private @Nullable String standsFor(String alias) {
        return isPattern(alias)
                ? patterns.stream()
                        .filter(pattern -> pattern.text().equals(alias))
                        .map(Pattern::model)
                        .findFirst()
                        .orElse(null)
                : aliases.get(alias);
    }

    /** Every name without a {@code *}. */
    Set<String> plain() {
        var plain = new HashSet<>(models);
        plain.addAll(aliases.keySet());
        return plain;
    }

    /** The aliases, those with a {@code *} too, and the models that they stand for. */
    SortedMap<String, String> aliases() {
        var all = new TreeMap<>(aliases);
        patterns.forEach(pattern -> all.put(pattern.text(), pattern.model()));
        return all;
    }

    static boolean isPattern(String alias) {
        return alias.indexOf('*') >= 0;
    }

    /**
     * Whether a name is the pattern with some text for each {@code *}. The parts are sought from
     * the left, each as early as it goes, so no name takes long.
     */
    static boolean matches(String pattern, String name) {
        var parts = pattern.split("\\*", -1);
        var last = parts[parts.length - 1];
        if (!name.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        return name.length() - last.length() >= at && name.endsWith(last);
    }
}
