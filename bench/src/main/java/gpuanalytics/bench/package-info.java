/** The race: the same topic into the same store, ours beside the connector. */
@NullMarked
package gpuanalytics.bench;

import org.jspecify.annotations.NullMarked;
