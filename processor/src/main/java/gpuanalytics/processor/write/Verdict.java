package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.Decided;

/** What becomes of an event whose identity is stored already. */
sealed interface Verdict {

    /** This very record is stored. */
    record Known(Decided decided) implements Verdict {}

    /** All that it says was said. */
    record Repeat() implements Verdict {}

    /** It contradicts what is stored. */
    record Contradiction(RejectReason reason, String detail) implements Verdict {}

    /** It is the next word of its identity. */
    record Next(Word word, Decided decided) implements Verdict {}
}
