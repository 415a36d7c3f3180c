/**
 * The history of pods: phases, restarts and failures as events of the topic {@code pod.events.v1}.
 * It is read at the start, so that ending the program loses nothing.
 *
 * <p>Starting point: {@link gpuanalytics.placement.podevents.PodObserver} makes events of what the
 * watch shows, {@link gpuanalytics.placement.podevents.PodHistory} keeps what they mean for nodes,
 * {@link gpuanalytics.placement.podevents.PodEventLog} is the topic.
 */
@NullMarked
package gpuanalytics.placement.podevents;

import org.jspecify.annotations.NullMarked;
