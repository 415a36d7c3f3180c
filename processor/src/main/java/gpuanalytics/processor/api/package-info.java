/**
 * The HTTP interface: rows to JSON and CSV. Its contract is {@code openapi.yaml}.
 *
 * <p>Starting points: {@link gpuanalytics.processor.api.HttpApi} starts and stops it, {@code
 * ApiRouter} is the way of a request, {@code Endpoints} lists the paths.
 */
@NullMarked
package gpuanalytics.processor.api;

import org.jspecify.annotations.NullMarked;
