/** Which part of the simulated fleet this replica runs, and at what rate. */
@NullMarked
package gpuanalytics.producer.source.synthetic.shard;

import org.jspecify.annotations.NullMarked;
