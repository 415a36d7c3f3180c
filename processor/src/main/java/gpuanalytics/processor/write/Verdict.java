package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;

/** What becomes of an event whose identity is stored already. */
sealed interface Verdict {

    /**
     * This very record is stored.
     *
     * @param word what it is
     */
    record Known(Word word) implements Verdict {}

    /** All that it says was said. */
    record Repeat() implements Verdict {}

    /** It contradicts what is stored. */
    record Contradiction(RejectReason reason, String detail) implements Verdict {}

    /** It is the next word of its identity. */
    record Next(Word word) implements Verdict {}
}
