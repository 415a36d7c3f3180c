/**
 * Rows to rows that say what their GPU's counters have counted since its last sample: energy where
 * there is no power, XID errors, and a MIG instance's share of its board.
 */
@NullMarked
package gpuanalytics.processor.meter;

import org.jspecify.annotations.NullMarked;
