package gpuanalytics.producer.publish;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Event;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a door publishes with: each record's fate is told to who has sent it. Any thread may send,
 * except one that must not wait: sending waits for room, for about a second at most.
 */
public final class DoorPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(DoorPublisher.class);

    private final KafkaPublisher kafka;
    private final String door;
    private final Clock clock;
    private final OutageWatch watch;

    DoorPublisher(KafkaPublisher kafka, String door, Clock clock, OutageWatch watch) {
        this.kafka = kafka;
        this.door = door;
        this.clock = clock;
        this.watch = watch;
    }

    /**
     * Waits until Kafka has the topics, that of dead letters among them.
     *
     * @return whether it has; false when stopped before
     */
    public boolean awaitReady(BooleanSupplier stopped) {
        Set<String> topics = new TreeSet<>(kafka.eventTopics());
        topics.add(kafka.deadLetters());
        return kafka.awaitReady(topics, stopped);
    }

    /** Why nothing should be sent at present, in one line; empty where it may. */
    public Optional<String> unavailable() {
        return kafka.unavailable();
    }

    /**
     * Sends an event.
     *
     * @param refused the readings that it lacks because of what was said of them
     * @param told takes its fate, once, on any thread; must not wait
     */
    public void send(Event event, List<Refusal> refused, Consumer<Fate> told) {
        send(kafka.record(event, refused), false, told);
    }

    /**
     * Sends what was refused.
     *
     * @param cut whether only the beginning of its bytes is sent
     * @param told takes its fate, once, on any thread; must not wait
     */
    public void send(Letter letter, boolean cut, Consumer<Fate> told) {
        send(letter.record(kafka, door, cut, clock.instant()), true, told);
    }

    private void send(
            ProducerRecord<byte[], byte[]> record, boolean isLetter, Consumer<Fate> told) {
        watch.sending(clock.instant());
        try {
            kafka.send(record, new Delivery(isLetter, Thread.currentThread(), told));
        } catch (KafkaException | IllegalStateException e) {
            // interrupted, or closed meanwhile: nothing was handed over
            LOG.atDebug().setCause(e).log("not handed over");
            watch.givenUp();
            told.accept(Fate.NOT_TAKEN);
        }
    }

    private final class Delivery implements Callback {

        private final boolean isLetter;
        private final Thread sending;
        private final Consumer<Fate> told;

        Delivery(boolean isLetter, Thread sending, Consumer<Fate> told) {
            this.isLetter = isLetter;
            this.sending = sending;
            this.told = told;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception e) {
            var fate = fate(e);
            if (fate == Fate.NOT_TAKEN) {
                watch.givenUp();
            } else {
                watch.answered(clock.instant());
            }
            told.accept(fate);
        }

        private Fate fate(@Nullable Exception e) {
            return switch (e) {
                case null -> Fate.ACKNOWLEDGED;
                case RecordTooLargeException _ -> Fate.TOO_LARGE;
                case RecordBatchTooLargeException _ -> Fate.TOO_LARGE;
                case TimeoutException _ when Thread.currentThread().equals(sending) ->
                        Fate.NOT_TAKEN;
                default -> failed(e);
            };
        }

        /** What is refused for its topic's sake concerns all events; a letter's topic only it. */
        private Fate failed(Exception e) {
            if (isLetter) {
                LOG.atWarn().setCause(e).log("dead letter was not taken");
            } else {
                kafka.fail(e);
            }
            return Fate.FAILED;
        }
    }
}
