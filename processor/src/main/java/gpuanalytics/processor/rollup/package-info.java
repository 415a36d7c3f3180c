/** Counted rows to guarded updates of the minute and hour rollups, each row exactly once. */
@NullMarked
package gpuanalytics.processor.rollup;

import org.jspecify.annotations.NullMarked;
