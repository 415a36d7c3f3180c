package gpuanalytics.event;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The names of a topic's fields as they are written in JSON, made once. */
final class FieldNames {

    private static final Map<EventTopic, SerializableString[]> BY_TOPIC =
            new EnumMap<>(EventTopic.class);

    static {
        for (var topic : EventTopic.values()) {
            BY_TOPIC.put(
                    topic,
                    topic.fields().fields().stream()
                            .map(field -> new SerializedString(field.name()))
                            .toArray(SerializableString[]::new));
        }
    }

    private FieldNames() {}

    /** Those of a topic, by the index of the field; not to be changed. */
    static SerializableString[] of(EventTopic topic) {
        return Objects.requireNonNull(BY_TOPIC.get(topic));
    }
}
