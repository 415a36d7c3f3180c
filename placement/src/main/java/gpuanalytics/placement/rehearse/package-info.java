/** A trace replayed under policies, seed by seed, and what came of it. */
@NullMarked
package gpuanalytics.placement.rehearse;

import org.jspecify.annotations.NullMarked;
