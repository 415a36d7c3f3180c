/** Events to acknowledged records. */
@NullMarked
package gpuanalytics.producer.publish;

import org.jspecify.annotations.NullMarked;
