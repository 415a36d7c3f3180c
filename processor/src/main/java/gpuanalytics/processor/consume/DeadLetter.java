package gpuanalytics.processor.consume;

import gpuanalytics.event.RejectReason;

/**
 * A record that is rejected.
 *
 * @param record the record as it came
 * @param reason the kind of defect
 * @param detail the thing, its value and what was expected, in one line
 */
public record DeadLetter(RawRecord record, RejectReason reason, String detail) {}
