/**
 * Checked questions to typed rows, answered from rollups and latest samples; never from raw events.
 */
@NullMarked
package gpuanalytics.processor.query;

import org.jspecify.annotations.NullMarked;
