/**
 * What the server answers over HTTP. Starting point: {@code Endpoints} lists every path; a part is
 * handed over in {@link gpuanalytics.placement.http.Parts}.
 */
@NullMarked
package gpuanalytics.placement.http;

import org.jspecify.annotations.NullMarked;
