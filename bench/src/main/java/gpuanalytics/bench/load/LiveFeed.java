package gpuanalytics.bench.load;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;

/** Sends events of now at a steady rate, in slices of a few milliseconds, until it is closed. */
public final class LiveFeed implements AutoCloseable {

    private static final long SLICE_NANOS = 2_000_000;

    /** Later than this, a feed measures itself. */
    private static final long TOLERATED_NANOS = 200_000_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final List<LiveRecords> streams;
    private final double perSecond;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long behindNanos;
    private volatile int timeEvery;
    private final Queue<Long> appendMicros = new ConcurrentLinkedQueue<>();

    private LiveFeed(String bootstrap, Load load, double perSecond) {
        this.producer = new KafkaProducer<>(TopicFiller.settings(bootstrap));
        this.streams =
                Stream.of(
                                Map.entry(load.samples(), load.sampleTopic()),
                                Map.entry(load.usages(), load.usageTopic()))
                        .filter(stream -> stream.getKey().size() > 0)
                        .map(stream -> new LiveRecords(stream.getKey(), stream.getValue()))
                        .toList();
        this.perSecond = perSecond;
        this.thread = Thread.ofPlatform().daemon().name("feed").unstarted(this::run);
    }

    /** Starts to send into the topics of a load. */
    public static LiveFeed start(String bootstrap, Load load, double perSecond) {
        var feed = new LiveFeed(bootstrap, load, perSecond);
        feed.thread.start();
        return feed;
    }

    /** Of every how many events it is noted, from now on, how old they are in Kafka; 0 for none. */
    public void timeEvery(int events) {
        appendMicros.clear();
        timeEvery = events;
    }

    /** From an event's time to the broker's acknowledgement, sorted; of the events noted. */
    public List<Long> appendMicros() {
        return appendMicros.stream().sorted().toList();
    }

    /**
     * Refuses what the machine was too slow to send.
     *
     * @throws LateFeedException when the rate was not kept
     */
    public void requireOnTime() {
        if (behindNanos > TOLERATED_NANOS) {
            throw new LateFeedException(
                    "the feed is %d ms late, expected to keep %.0f events per second"
                            .formatted(behindNanos / 1_000_000, perSecond));
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(10));
    }

    private void run() {
        var start = Instant.now();
        long began = System.nanoTime();
        long sent = 0;
        while (!stopping) {
            long elapsed = System.nanoTime() - began;
            long due = (long) (elapsed / 1e9 * perSecond);
            for (; sent < due; sent++) {
                // When it was due, not when its turn came: a late feed must not make it younger.
                send(sent, start.plusNanos((long) (sent * (1e9 / perSecond))));
            }
            behindNanos = System.nanoTime() - began - elapsed;
            LockSupport.parkNanos(SLICE_NANOS);
        }
    }

    /** By turns, where there are both kinds. */
    private void send(long number, Instant at) {
        var stream = streams.get((int) (number % streams.size()));
        var record = stream.record(number, at);
        int every = timeEvery;
        if (every > 0 && number % every == 0) {
            var _ = producer.send(record, (_, problem) -> note(at, problem));
        } else {
            var _ = producer.send(record);
        }
    }

    private void note(Instant at, @Nullable Exception problem) {
        if (problem == null) {
            appendMicros.add(ChronoUnit.MICROS.between(at, Instant.now()));
        }
    }
}
