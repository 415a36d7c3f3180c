/** JVMs of their own, and what they cost. */
@NullMarked
package gpuanalytics.bench.process;

import org.jspecify.annotations.NullMarked;
