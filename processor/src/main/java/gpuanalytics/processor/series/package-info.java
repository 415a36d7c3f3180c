/** Rows to rows that say under which series they count: a bucket has a limit of series. */
@NullMarked
package gpuanalytics.processor.series;

import org.jspecify.annotations.NullMarked;
