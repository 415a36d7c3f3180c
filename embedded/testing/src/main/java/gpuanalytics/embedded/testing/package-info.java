/**
 * The brokers and stores that the same tests run on: the embedded ones always, others where they
 * are present.
 */
@NullMarked
package gpuanalytics.embedded.testing;

import org.jspecify.annotations.NullMarked;
