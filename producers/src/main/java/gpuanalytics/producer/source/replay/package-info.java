/** Real traces, read from files of CSV or JSON. */
@NullMarked
package gpuanalytics.producer.source.replay;

import org.jspecify.annotations.NullMarked;
