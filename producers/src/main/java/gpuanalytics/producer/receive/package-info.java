/**
 * Events that are told to us.
 *
 * <p>Starting point: {@link gpuanalytics.producer.receive.Door} is what every way in hands its
 * events to; below are the ways in, and the forms that events come in.
 */
@NullMarked
package gpuanalytics.producer.receive;

import org.jspecify.annotations.NullMarked;
