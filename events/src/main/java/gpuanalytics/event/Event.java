package gpuanalytics.event;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One fact: a GPU sample or a token usage. Immutable; a field without a value is absent, never
 * zero.
 *
 * <p>An event made by its builder has every required field and only values in range.
 */
public final class Event {

    private final EventTopic topic;
    private final @Nullable Object[] values;

    private Event(EventTopic topic, @Nullable Object[] values) {
        this.topic = topic;
        this.values = values;
    }

    public static Builder builder(EventTopic topic) {
        return new Builder(topic);
    }

    public EventTopic topic() {
        return topic;
    }

    /** The field's value, or null where it is absent. */
    public <T> @Nullable T get(Field<T> field) {
        requireOwn(topic, field);
        return field.type().cast(values[field.index()]);
    }

    /** The value of the field that has this index, or null where it is absent. */
    @Nullable Object valueAt(int index) {
        return values[index];
    }

    /** The value of a required field. */
    public <T> T require(Field<T> field) {
        return Objects.requireNonNull(get(field), field.name());
    }

    /** When it happened. */
    public Instant ts() {
        return require(topic.ts());
    }

    /** The GPU it is about, or null for a usage that names none. */
    public @Nullable GpuId gpu() {
        return switch (topic) {
            case GPU_METRICS ->
                    GpuId.of(
                            get(GpuMetric.GPU_UUID), get(GpuMetric.HOST), get(GpuMetric.GPU_INDEX));
            case TOKEN_USAGE ->
                    GpuId.of(
                            get(TokenUsage.GPU_UUID),
                            get(TokenUsage.HOST),
                            get(TokenUsage.GPU_INDEX));
        };
    }

    /** A copy to change. */
    public Builder toBuilder() {
        var builder = new Builder(topic);
        System.arraycopy(values, 0, builder.values, 0, values.length);
        return builder;
    }

    private static void requireOwn(EventTopic topic, Field<?> field) {
        if (!topic.fields().owns(field)) {
            throw new IllegalArgumentException(
                    field.name() + " is not a field of " + topic.defaultName());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Event event
                && topic == event.topic
                && Arrays.equals(values, event.values);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(topic.defaultName()).append('{');
        for (var field : topic.fields().fields()) {
            var value = values[field.index()];
            if (value != null) {
                text.append(field.name()).append('=').append(value).append(' ');
            }
        }
        return text.append('}').toString();
    }

    /** Collects the values of one event. */
    public static final class Builder {

        private final EventTopic topic;
        private final @Nullable Object[] values;

        private Builder(EventTopic topic) {
            this.topic = topic;
            this.values = new Object[topic.fields().fields().size()];
        }

        /** Sets a field; null makes it absent. */
        public <T> Builder set(Field<T> field, @Nullable T value) {
            requireOwn(topic, field);
            values[field.index()] = value;
            return this;
        }

        boolean has(Field<?> field) {
            return values[field.index()] != null;
        }

        /** Sets a field to a value already known to be of its type. */
        void setUnchecked(Field<?> field, @Nullable Object value) {
            values[field.index()] = value;
        }

        @Nullable Object valueOf(Field<?> field) {
            return values[field.index()];
        }

        /**
         * The event.
         *
         * @throws IllegalArgumentException naming the field, its value and what was expected
         */
        public Event build() {
            var rejection = Validation.check(topic, this);
            if (rejection != null) {
                throw new IllegalArgumentException(rejection.detail());
            }
            return unchecked();
        }

        /** The event, its values known to be valid. */
        Event unchecked() {
            return new Event(topic, values.clone());
        }

        /** The same for who does not use the builder any more. */
        Event uncheckedLast() {
            return new Event(topic, values);
        }
    }
}
