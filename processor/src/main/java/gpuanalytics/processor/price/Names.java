package gpuanalytics.processor.price;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
