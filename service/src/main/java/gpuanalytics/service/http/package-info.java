/**
 * HTTP: where a program listens, what it answers, and the limits that hold for every answer.
 *
 * <p>Starting points: {@link gpuanalytics.service.http.Endpoint} is one path with one method,
 * {@link gpuanalytics.service.http.HttpListener} serves a list of them, {@code EndpointRouter} is
 * the way of a request, {@link gpuanalytics.service.http.AdminEndpoints} is what every program
 * answers.
 */
@NullMarked
package gpuanalytics.service.http;

import org.jspecify.annotations.NullMarked;
