/** What state each part is in, as values. */
@NullMarked
package gpuanalytics.producer.health;

import org.jspecify.annotations.NullMarked;
