/** What is measured beside the race: ceilings, latency, start. */
@NullMarked
package gpuanalytics.bench.measure;

import org.jspecify.annotations.NullMarked;
