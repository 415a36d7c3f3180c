/** Which part of the simulated fleet this replica runs, and at what rate. */
@NullMarked
package gpuanalytics.producer.shard;

import org.jspecify.annotations.NullMarked;
