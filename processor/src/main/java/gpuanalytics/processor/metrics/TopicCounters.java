package gpuanalytics.processor.metrics;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.metrics.ProcessorMetrics.Duplicate;
import gpuanalytics.processor.metrics.ProcessorMetrics.SaidAgain;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The counters of one topic, made at once so that each is there, as 0, from the start. */
final class TopicCounters {

    final Counter received;
    final Counter stored;
    final Map<SaidAgain, Counter> saidAgain = new EnumMap<>(SaidAgain.class);
    final Map<Duplicate, Counter> duplicates = new EnumMap<>(Duplicate.class);
    final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    final Timer eventDelay;
    final Timer appendDelay;

    TopicCounters(MeterRegistry registry, EventTopic topic) {
        var tags = Tags.of("topic", topic.defaultName());
        received =
                Counter.builder("processor.events.received")
                        .description("Records read")
                        .tags(tags)
                        .register(registry);
        stored =
                Counter.builder("processor.events.stored")
                        .description("Events stored for the first time")
                        .tags(tags)
                        .register(registry);
        for (var how : SaidAgain.values()) {
            saidAgain.put(
                    how,
                    Counter.builder("processor.events.said.again")
                            .description("Stored events that were not the first of their identity")
                            .tags(tags.and("as", how.label()))
                            .register(registry));
        }
        for (var kind : Duplicate.values()) {
            duplicates.put(
                    kind,
                    Counter.builder("processor.events.duplicate")
                            .description("Events that were stored already")
                            .tags(tags.and("kind", kind.label()))
                            .register(registry));
        }
        for (var reason : RejectReason.values()) {
            rejected.put(
                    reason,
                    Counter.builder("processor.events.rejected")
                            .description("Records in the dead letters")
                            .tags(tags.and("reason", reason.label()))
                            .register(registry));
        }
        eventDelay =
                delay(registry, tags, "event.store.delay", "From an event's time to the store");
        appendDelay =
                delay(
                        registry,
                        tags,
                        "processor.append.delay",
                        "From a record's time in its topic to the store");
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
