/** What Prometheus writes, as our events. */
@NullMarked
package gpuanalytics.producer.receive.prometheus;

import org.jspecify.annotations.NullMarked;
