/**
 * Rows of files by the names of their columns, whatever kind of text they are in: {@link
 * gpuanalytics.producer.source.replay.table.TraceTable}.
 */
@NullMarked
package gpuanalytics.producer.source.replay.table;

import org.jspecify.annotations.NullMarked;
