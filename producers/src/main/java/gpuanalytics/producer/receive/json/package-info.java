/** Events in JSON: one, several, and CloudEvents. */
@NullMarked
package gpuanalytics.producer.receive.json;

import org.jspecify.annotations.NullMarked;
