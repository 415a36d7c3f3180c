/**
 * Which hours have changed since they were last worked on: a stored fact that the audit, and
 * whatever else derives from rollups, lives on.
 */
@NullMarked
package gpuanalytics.processor.change;

import org.jspecify.annotations.NullMarked;
