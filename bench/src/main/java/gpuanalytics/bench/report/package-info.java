/** From measured rounds to medians, files and pages. */
@NullMarked
package gpuanalytics.bench.report;

import org.jspecify.annotations.NullMarked;
