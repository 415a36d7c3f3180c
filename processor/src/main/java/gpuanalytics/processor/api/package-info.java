/**
 * The HTTP interface: rows to JSON and CSV. Its contract is {@code openapi.yaml}.
 *
 * <p>Starting points: {@link gpuanalytics.processor.api.HttpApi} starts and stops it, {@code
 * Endpoints} lists the paths, {@code QuestionProblems} says why a question has no answer.
 */
@NullMarked
package gpuanalytics.processor.api;

import org.jspecify.annotations.NullMarked;
