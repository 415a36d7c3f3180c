package gpuanalytics.processor.change;

import java.util.Locale;

/** What changed hours are worked on for; each purpose has its own progress. */
public enum Purpose {
    /** Recomputation from raw events. */
    AUDIT,
    /** What the hour's GPU time was for. */
    LEDGER;

    String field() {
        return name().toLowerCase(Locale.ROOT);
    }
}
