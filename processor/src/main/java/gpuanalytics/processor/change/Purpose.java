package gpuanalytics.processor.change;

import gpuanalytics.event.EventTopic;
import java.util.Locale;

/** What changed hours are worked on for; each purpose has its own progress. */
public enum Purpose {
    /** Recomputation from raw events. */
    AUDIT,
    /** What the hour's GPU time was for. */
    LEDGER,
    /** Token rollups of the day that the hour is in. */
    TOKEN_DAY;

    /** Whether changes of a kind's rollups are worked on. */
    boolean isOf(EventTopic kind) {
        return this != TOKEN_DAY || kind == EventTopic.TOKEN_USAGE;
    }

    String field() {
        return name().toLowerCase(Locale.ROOT);
    }
}
