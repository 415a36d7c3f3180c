/** Real traces, read from CSV files. */
@NullMarked
package gpuanalytics.producer.source.replay;

import org.jspecify.annotations.NullMarked;
