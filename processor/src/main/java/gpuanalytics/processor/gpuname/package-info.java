/** The names that a GPU goes by, and since when: learnt from samples, asked by queries. */
@NullMarked
package gpuanalytics.processor.gpuname;

import org.jspecify.annotations.NullMarked;
