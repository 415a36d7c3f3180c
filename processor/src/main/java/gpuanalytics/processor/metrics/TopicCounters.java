package gpuanalytics.processor.metrics;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.metrics.ProcessorMetrics.Duplicate;
import gpuanalytics.processor.metrics.ProcessorMetrics.SaidAgain;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** The counters of one topic, made at once so that each is there, as 0, from the start. */
final class TopicCounters {

    final Counter received;
    final Counter stored;
    final Map<SaidAgain, Counter> saidAgain;
    final Map<Duplicate, Counter> duplicates;
    final Map<RejectReason, Counter> rejected;
    final Timer eventDelay;
    final Timer appendDelay;

    /** Those of every topic. */
    static Map<EventTopic, TopicCounters> byTopic(MeterRegistry registry) {
        var topics = new EnumMap<EventTopic, TopicCounters>(EventTopic.class);
        for (var topic : EventTopic.values()) {
            topics.put(topic, new TopicCounters(registry, topic));
        }
        return topics;
    }

    TopicCounters(MeterRegistry registry, EventTopic topic) {
        var tags = Tags.of("topic", topic.defaultName());
        received = counter(registry, "processor.events.received", "Records read").withTags(tags);
        stored =
                counter(registry, "processor.events.stored", "Events stored for the first time")
                        .withTags(tags);
        saidAgain =
                each(
                        SaidAgain.class,
                        counter(
                                registry,
                                "processor.events.said.again",
                                "Stored events that were not the first of their identity"),
                        how -> tags.and("as", how.label()));
        duplicates =
                each(
                        Duplicate.class,
                        counter(
                                registry,
                                "processor.events.duplicate",
                                "Events that were stored already"),
                        kind -> tags.and("kind", kind.label()));
        rejected =
                each(
                        RejectReason.class,
                        counter(
                                registry,
                                "processor.events.rejected",
                                "Records in the dead letters"),
                        reason -> tags.and("reason", reason.label()));
        eventDelay =
                delay(registry, tags, "event.store.delay", "From an event's time to the store");
        appendDelay =
                delay(
                        registry,
                        tags,
                        "processor.append.delay",
                        "From a record's time in its topic to the store");
    }

    private static MeterProvider<Counter> counter(
            MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).withRegistry(registry);
    }

    private static <E extends Enum<E>> Map<E, Counter> each(
            Class<E> kinds, MeterProvider<Counter> counter, Function<E, Tags> tags) {
        var counters = new EnumMap<E, Counter>(kinds);
        for (var kind : kinds.getEnumConstants()) {
            counters.put(kind, counter.withTags(tags.apply(kind)));
        }
        return counters;
    }

    private static Timer delay(MeterRegistry registry, Tags tags, String name, String what) {
        return Timer.builder(name)
                .description(what)
                .tags(tags)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry);
    }
}
