/**
 * Starts of an image's program: how long they take, and the cache of classes that shortens them.
 */
@NullMarked
package gpuanalytics.bench.start;

import org.jspecify.annotations.NullMarked;
