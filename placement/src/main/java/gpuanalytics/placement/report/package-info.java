/** What a rehearsal found, as table, CSV, JSON lines and SVG. */
@NullMarked
package gpuanalytics.placement.report;

import org.jspecify.annotations.NullMarked;
