/**
 * The nodes and pods of a rehearsal before it begins: from files, from a cluster's last days, and
 * changed to what might be.
 */
@NullMarked
package gpuanalytics.placement.input;

import org.jspecify.annotations.NullMarked;
