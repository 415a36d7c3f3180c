/** Who races, and how each is started. */
@NullMarked
package gpuanalytics.bench.contender;

import org.jspecify.annotations.NullMarked;
