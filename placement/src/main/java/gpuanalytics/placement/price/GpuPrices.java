package gpuanalytics.placement.price;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an hour of a GPU costs, by its model's name. A name is looked up as docs/prices.md says: the
 * model's own, then an alias as it is listed, then the alias with a {@code *} that has the most
 * letters. What is not listed has no price.
 */
public final class GpuPrices {

    private final Map<String, Double> usdPerHour;
    private final Map<String, String> aliases;
    private final OptionalDouble otherwise;

    /**
     * @param usdPerHour dollars by model
     * @param aliases further names, also with {@code *} for any text, and the models they stand for
     * @param otherwise the price of what is not listed; empty where that has none
     */
    public GpuPrices(
            Map<String, Double> usdPerHour, Map<String, String> aliases, OptionalDouble otherwise) {
        this.usdPerHour = new HashMap<>(usdPerHour);
        this.aliases = new HashMap<>(aliases);
        this.otherwise = otherwise;
    }

    /** No GPU has a price. */
    public static GpuPrices none() {
        return new GpuPrices(Map.of(), Map.of(), OptionalDouble.empty());
    }

    /** Every GPU has the same. */
    public static GpuPrices all(double usd) {
        return new GpuPrices(Map.of(), Map.of(), OptionalDouble.of(usd));
    }

    /** Whether any GPU can have a price. */
    public boolean isKnown() {
        return otherwise.isPresent() || !usdPerHour.isEmpty();
    }

    /** The price of a model, in dollars for an hour. */
    public OptionalDouble usdPerHour(String model) {
        var listed = model(model).map(usdPerHour::get);
        return listed.isPresent() ? OptionalDouble.of(listed.get()) : otherwise;
    }

    private Optional<String> model(String name) {
        if (usdPerHour.containsKey(name)) {
            return Optional.of(name);
        }
        var alias = aliases.get(name);
        if (alias != null) {
            return Optional.of(alias);
        }
        return aliases.keySet().stream()
                .filter(pattern -> pattern.indexOf('*') >= 0 && matches(pattern, name))
                .max(Comparator.comparingLong(GpuPrices::letters).thenComparing(p -> p))
                .map(aliases::get);
    }

    private static long letters(String pattern) {
        return pattern.chars().filter(letter -> letter != '*').count();
    }

    /** Each part between stars is sought from the left, as early as it goes. */
    private static boolean matches(String pattern, String name) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(name);
        }
        if (!name.startsWith(pattern.substring(0, star))) {
            return false;
        }
        int at = star;
        for (int from = star + 1; ; ) {
            int next = pattern.indexOf('*', from);
            if (next < 0) {
                var last = pattern.substring(from);
                return name.length() - last.length() >= at && name.endsWith(last);
            }
            var part = pattern.substring(from, next);
            int found = name.indexOf(part, at);
            if (found < 0) {
                return false;
            }
            at = found + part.length();
            from = next + 1;
        }
    }
}
