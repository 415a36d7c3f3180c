package gpuanalytics.processor.conflict;

import gpuanalytics.event.EventTopic;
import java.util.Locale;

/**
 * What was said under an identity that means something else.
 *
 * @param kind how it was taken
 * @param topic what kind of event
 * @param identity under which identity
 * @param at where the later record lies: topic id, partition, offset and, of several events in a
 *     record, its place from the second on
 * @param detail what contradicts what, and where the earlier record lies
 */
public record Conflict(Kind kind, EventTopic topic, String identity, String at, String detail) {

    /** How it was taken. */
    public enum Kind {
        /** It contradicts what is stored: it is in the dead letters and counts nowhere. */
        CONFLICT,
        /** It is another request under a {@code request_id} that is taken: both count. */
        IDENTITY_REUSED;

        /** The name in the store and in JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One document for each identity: what was said last stands for all of it. */
    String id() {
        return kind.label() + "|" + topic.defaultName() + "|" + identity;
    }
}
