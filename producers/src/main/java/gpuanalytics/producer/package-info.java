/**
 * The producers: facts about GPUs and tokens in, events out.
 *
 * <p>Starting points: {@link gpuanalytics.producer.Producer} wires the parts, {@link
 * gpuanalytics.producer.SampleLoop} is the flow from a source to the publisher.
 */
@NullMarked
package gpuanalytics.producer;

import org.jspecify.annotations.NullMarked;
