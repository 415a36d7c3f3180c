/** Where events come from: {@link gpuanalytics.producer.source.EventSource}. */
@NullMarked
package gpuanalytics.producer.source;

import org.jspecify.annotations.NullMarked;
