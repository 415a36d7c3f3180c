/**
 * From the command line to the last closed part.
 *
 * <p>Starting point: {@link gpuanalytics.service.lifecycle.Program} is what every {@code main}
 * runs.
 */
@NullMarked
package gpuanalytics.service.lifecycle;

import org.jspecify.annotations.NullMarked;
