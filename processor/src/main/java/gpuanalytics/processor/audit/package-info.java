/** Changed hours to a verdict: do the rollups hold what the raw events say? Only reads. */
@NullMarked
package gpuanalytics.processor.audit;

import org.jspecify.annotations.NullMarked;
