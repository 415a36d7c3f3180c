/** Load for the doors: calls at intended times, and what was acknowledged beside what is stored. */
@NullMarked
package gpuanalytics.bench.doors;

import org.jspecify.annotations.NullMarked;
