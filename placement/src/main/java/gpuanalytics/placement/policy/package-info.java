/** Which node and which GPU a request gets, one class per policy, and the choice among equals. */
@NullMarked
package gpuanalytics.placement.policy;

import org.jspecify.annotations.NullMarked;
