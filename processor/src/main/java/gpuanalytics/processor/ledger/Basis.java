package gpuanalytics.processor.ledger;

import java.util.Locale;

/** Which part of a GPU's time goes to those who used it. */
public enum Basis {
    /** All of a minute goes to those whose tokens ran in it. */
    ALLOCATION,
    /** Only the busy share of a minute does; the rest is idle. */
    USAGE;

    /** The name in the API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
