package gpuanalytics.placement.cluster;

import gpuanalytics.placement.trace.BadInputException;
import java.util.ArrayList;
import java.util.List;

/** The GPU models of nodes and requests, each with a number, so that a set of them is one long. */
public final class GpuModels {

    /** Any model, and nodes without one too. */
    public static final long ANY = -1L;

    private static final int MAX_MODELS = 63;

    private final List<String> names = new ArrayList<>();

    /**
     * The number of a model.
     *
     * @throws BadInputException for more models than there is room for
     */
    public int number(String name) throws BadInputException {
        int known = names.indexOf(name);
        if (known >= 0) {
            return known;
        }
        if (names.size() == MAX_MODELS) {
            throw new BadInputException(
                    "model %s is one more, expected at most %d GPU models"
                            .formatted(name, MAX_MODELS));
        }
        names.add(name);
        return names.size() - 1;
    }

    /** The set that {@code A10|T4} is; of nothing it is {@link #ANY}. */
    public long set(String namesWithBars) throws BadInputException {
        long set = 0;
        for (var name : namesWithBars.split("\\|", -1)) {
            if (!name.isBlank()) {
                set |= 1L << number(name.strip());
            }
        }
        return set == 0 ? ANY : set;
    }

    /** The set of those among {@code A10|T4} that are known; of nothing it is {@link #ANY}. */
    public long known(String namesWithBars) {
        if (namesWithBars.isBlank()) {
            return ANY;
        }
        long set = 0;
        for (var name : namesWithBars.split("\\|", -1)) {
            int number = names.indexOf(name.strip());
            set |= number < 0 ? 0 : 1L << number;
        }
        return set;
    }

    /** The model's name; empty where a node has none. */
    public String name(int number) {
        return names.get(number);
    }

    /** The set as a file would have it; empty for any. */
    public String names(long set) {
        if (set == ANY) {
            return "";
        }
        var parts = new ArrayList<String>();
        for (int number = 0; number < names.size(); number++) {
            if ((set >>> number & 1) == 1) {
                parts.add(names.get(number));
            }
        }
        return String.join("|", parts);
    }

    public int size() {
        return names.size();
    }
}
