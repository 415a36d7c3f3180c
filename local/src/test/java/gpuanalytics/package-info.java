/** Tests of the whole: who may know whom, and whether the documentation tells the truth. */
@NullMarked
package gpuanalytics;

import org.jspecify.annotations.NullMarked;
