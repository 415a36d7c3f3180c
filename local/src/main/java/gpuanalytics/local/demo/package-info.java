/** A day of the simulated fleet in which things go wrong, told in a moment and then live. */
@NullMarked
package gpuanalytics.local.demo;

import org.jspecify.annotations.NullMarked;
