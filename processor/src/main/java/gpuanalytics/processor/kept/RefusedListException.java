package gpuanalytics.processor.kept;

import java.util.List;

/** A list that is not taken, with everything that is wrong with it. */
public final class RefusedListException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    /**
     * @param faults one line each: the thing, its value and what was expected; at least one
     */
    public RefusedListException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line each. */
    public List<String> faults() {
        return faults;
    }
}
