/** What is in the topic: events of a fleet, made from a seed. */
@NullMarked
package gpuanalytics.bench.load;

import org.jspecify.annotations.NullMarked;
