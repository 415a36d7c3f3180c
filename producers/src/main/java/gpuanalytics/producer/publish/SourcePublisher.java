package gpuanalytics.producer.publish;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one source publishes, with its own counts. One thread publishes; any may ask the rest. */
final class SourcePublisher implements EventPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(SourcePublisher.class);

    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaPublisher kafka;
    private final String source;
    private final Clock clock;
    private final OutageWatch watch;
    private final Map<EventTopic, AtomicLong> acknowledged = new EnumMap<>(EventTopic.class);
    private final Map<EventTopic, AtomicLong> failed = new EnumMap<>(EventTopic.class);
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong completionTokens = new AtomicLong();

    SourcePublisher(
            KafkaPublisher kafka,
            String source,
            Clock clock,
            OutageWatch watch,
            MeterRegistry meters) {
        this.kafka = kafka;
        this.source = source;
        this.clock = clock;
        this.watch = watch;
        for (var topic : EventTopic.values()) {
            acknowledged.put(
                    topic, counter("producer.records.sent", "Records acknowledged", topic, meters));
            failed.put(
                    topic,
                    counter("producer.records.failed", "Records refused for good", topic, meters));
        }
        Gauge.builder("producer.records.under.way", watch, OutageWatch::underWay)
                .description("Records neither acknowledged nor refused yet")
                .tag("source", source)
                .register(meters);
    }

    private AtomicLong counter(String name, String what, EventTopic topic, MeterRegistry meters) {
        var count = new AtomicLong();
        FunctionCounter.builder(name, count, AtomicLong::get)
                .description(what)
                .tag("source", source)
                .tag("topic", kafka.name(topic))
                .register(meters);
        return count;
    }

    @Override
    public boolean awaitReady(BooleanSupplier stopped) {
        return kafka.awaitReady(kafka.eventTopics(), stopped);
    }

    @Override
    public boolean publish(Event event, BooleanSupplier stopped) {
        var record = kafka.record(event);
        while (!stopped.getAsBoolean() && kafka.failure().isEmpty()) {
            if (isTaken(event, record)) {
                return true;
            }
        }
        return false;
    }

    /** False when there was no room, or no answer about the topic, for a while. */
    private boolean isTaken(Event event, ProducerRecord<byte[], byte[]> record) {
        watch.sending(clock.instant());
        var delivery = new Delivery(event, record.value().length, Thread.currentThread());
        kafka.send(record, delivery);
        return !delivery.notTaken;
    }

    /**
     * What happens to one record; called by the client's own thread but for what it cannot take.
     */
    private final class Delivery implements Callback {

        private final Event event;
        private final int bytes;
        private final Thread publishing;
        private boolean notTaken;

        Delivery(Event event, int bytes, Thread publishing) {
            this.event = event;
            this.bytes = bytes;
            this.publishing = publishing;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception e) {
            if (e instanceof TimeoutException && Thread.currentThread().equals(publishing)) {
                notTaken = true;
                watch.notTaken();
                return;
            }
            switch (e) {
                case null -> acknowledged(event);
                case RecordTooLargeException _ -> tooLarge(event, bytes);
                case RecordBatchTooLargeException _ -> tooLarge(event, bytes);
                default -> kafka.fail(e);
            }
            watch.answered(clock.instant());
        }
    }

    private void acknowledged(Event event) {
        count(acknowledged, event.topic());
        if (event.topic() == EventTopic.TOKEN_USAGE) {
            promptTokens.addAndGet(orNone(event.get(TokenUsage.PROMPT_TOKENS)));
            completionTokens.addAndGet(orNone(event.get(TokenUsage.COMPLETION_TOKENS)));
        }
    }

    private static long orNone(@Nullable Long tokens) {
        return tokens == null ? 0 : tokens;
    }

    private void tooLarge(Event event, int bytes) {
        count(failed, event.topic());
        LOG.atError()
                .addKeyValue("source", source)
                .addKeyValue("topic", kafka.name(event.topic()))
                .addKeyValue("bytes", bytes)
                .addKeyValue("event", EventId.of(event))
                .log("record is too large for Kafka, not published");
    }

    private static void count(Map<EventTopic, AtomicLong> counts, EventTopic topic) {
        Objects.requireNonNull(counts.get(topic)).incrementAndGet();
    }

    @Override
    public void awaitDelivered(BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean()
                    && kafka.failure().isEmpty()
                    && !watch.awaitNoneUnderWay(POLL)) {
                LOG.atDebug().addKeyValue("under_way", watch.underWay()).log("waiting for Kafka");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Delivered delivered() {
        return new Delivered(
                values(acknowledged),
                values(failed),
                watch.underWay(),
                promptTokens.get(),
                completionTokens.get());
    }

    private static Map<EventTopic, Long> values(Map<EventTopic, AtomicLong> counts) {
        var values = new EnumMap<EventTopic, Long>(EventTopic.class);
        counts.forEach((topic, count) -> values.put(topic, count.get()));
        return values;
    }
}
