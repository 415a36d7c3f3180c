/** A store that acknowledges and counts, and stores nothing. */
@NullMarked
package gpuanalytics.bench.store;

import org.jspecify.annotations.NullMarked;
