/**
 * The brokers and stores that the same tests run on: the embedded ones always, others where they
 * are present.
 */
@NullMarked
package gpuanalytics.local.lane;

import org.jspecify.annotations.NullMarked;
