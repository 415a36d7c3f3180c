package gpuanalytics.processor.price;

import java.util.List;

/** Prices that are not taken, with everything that is wrong with them. */
public final class RefusedPricesException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    /**
     * @param faults one line each: the thing, its value and what was expected; at least one
     */
    RefusedPricesException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line each. */
    public List<String> faults() {
        return faults;
    }
}
