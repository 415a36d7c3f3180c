/**
 * Files of nodes and of pods, read as they come: columns by name, bad rows put aside with their
 * reason.
 */
@NullMarked
package gpuanalytics.placement.trace;

import org.jspecify.annotations.NullMarked;
