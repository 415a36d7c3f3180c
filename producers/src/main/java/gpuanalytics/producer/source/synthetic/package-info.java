/** A simulated fleet of GPUs whose requests really occupy them. */
@NullMarked
package gpuanalytics.producer.source.synthetic;

import org.jspecify.annotations.NullMarked;
