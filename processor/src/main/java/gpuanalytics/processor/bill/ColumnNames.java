package gpuanalytics.processor.bill;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The header of a file: columns are found by name, whatever their order and case. */
final class ColumnNames {

    private static final int MAX_SHOWN = 8;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final List<String> names;
    private final Map<String, Integer> places = new HashMap<>();

    ColumnNames(List<String> names) {
        this.names = names.stream().map(name -> name.replace(BYTE_ORDER_MARK, "").strip()).toList();
        for (int i = 0; i < names.size(); i++) {
            places.putIfAbsent(key(this.names.get(i)), i);
        }
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    boolean has(String name) {
        return places.containsKey(key(name));
    }

    /** Where a column is; null for one that is not there. */
    @Nullable Integer place(String name) {
        return places.get(key(name));
    }

    int size() {
        return names.size();
    }

    /** The first of them, as they stand there. */
    @Override
    public String toString() {
        var shown =
                names.stream()
                        .limit(MAX_SHOWN)
                        .map(BillLine::shown)
                        .collect(Collectors.joining(", "));
        return names.size() > MAX_SHOWN
                ? "%s and %d more".formatted(shown, names.size() - MAX_SHOWN)
                : shown;
    }
}
