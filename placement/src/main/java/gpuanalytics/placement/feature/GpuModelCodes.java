package gpuanalytics.placement.feature;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The numbers of GPU models in a forest: those that were seen most, in their names' order. */
public final class GpuModelCodes {

    /** A set of them and of "absent" is one long. */
    static final int MAX_MODELS = 62;

    private final Map<String, Integer> codes = new HashMap<>();

    private GpuModelCodes(List<String> names) {
        names.forEach(name -> codes.put(name, codes.size()));
    }

    /** The codes of the models of these rows. */
    public static GpuModelCodes of(Collection<Features> rows) {
        var counts = new HashMap<String, Integer>();
        rows.stream()
                .map(Features::gpuModel)
                .filter(Objects::nonNull)
                .map(GpuModelCodes::plain)
                .forEach(name -> counts.merge(name, 1, Integer::sum));
        var most =
                counts.entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Integer>comparingByValue(
                                                Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(MAX_MODELS)
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
        return new GpuModelCodes(most);
    }

    /** As nodes' labels have it, in which samples' names have dashes for blanks. */
    private static String plain(String name) {
        return name.strip().replace(' ', '-');
    }

    /** A model's number; NaN, that is absent, where it is not known or was not seen. */
    public double code(@Nullable String name) {
        var code = name == null ? null : codes.get(plain(name));
        return code == null ? Double.NaN : code;
    }
}
