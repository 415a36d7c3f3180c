/** Topic to records and their positions, and the commits of what is done. */
@NullMarked
package gpuanalytics.processor.consume;

import org.jspecify.annotations.NullMarked;
