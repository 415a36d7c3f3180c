package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/**
 * The key of an event's record: the GPU it is about, so that one GPU's samples and usages meet in
 * the same partition number; else its identity, so that repeats meet; else none.
 */
public final class EventKey {

    private EventKey() {}

    /** The key as text, sent as UTF-8; null where the event has neither GPU nor identity. */
    public static @Nullable String of(Event event) {
        var gpu = event.gpu();
        return gpu != null ? gpu.key() : EventId.of(event);
    }
}
