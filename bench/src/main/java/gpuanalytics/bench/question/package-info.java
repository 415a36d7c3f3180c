/** How long answers take, through HTTP, over rows that were made directly. */
@NullMarked
package gpuanalytics.bench.question;

import org.jspecify.annotations.NullMarked;
