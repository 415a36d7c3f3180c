/** What the fleet does and costs, as metrics: the API's own answers, asked again and again. */
@NullMarked
package gpuanalytics.processor.figure;

import org.jspecify.annotations.NullMarked;
