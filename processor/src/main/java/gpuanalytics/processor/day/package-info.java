/**
 * Token rollups of whole days, added up from those of their hours, so that a question about a year
 * reads days.
 */
@NullMarked
package gpuanalytics.processor.day;

import org.jspecify.annotations.NullMarked;
