package gpuanalytics.processor.consume;

import gpuanalytics.processor.consume.KafkaHealth.User;
import gpuanalytics.processor.consume.StartLookup.Known;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the broker on a thread of its own, so that the ingest thread need not wait for answers:
 * whether the topics exist and under which ids, where their partitions end and where reading of
 * newly assigned ones begins.
 */
final class BrokerWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private interface Asking<T> {
        T ask(BrokerLookup lookup) throws InterruptedException;
    }

    private record Question<T>(Asking<T> asking, CompletableFuture<T> answer) {
        Question(Asking<T> asking) {
            this(asking, new CompletableFuture<>());
        }
    }

    private final ConsumeConfig config;
    private final KafkaHealth health;
    private final Supplier<Set<TopicPartition>> assigned;
    private final LinkedBlockingQueue<Question<?>> questions = new LinkedBlockingQueue<>();
    private final Thread thread;

    private volatile Map<String, String> topicIds = Map.of();
    private volatile Map<TopicPartition, Long> ends = Map.of();
    private volatile boolean closed;
    private @Nullable Admin admin;

    BrokerWatch(ConsumeConfig config, KafkaHealth health, Supplier<Set<TopicPartition>> assigned) {
        this.config = config;
        this.health = health;
        this.assigned = assigned;
        this.thread = Thread.ofPlatform().name("broker-watch").daemon().start(this::run);
    }

    /** The ids of the topics that exist, by name. */
    Map<String, String> topicIds() {
        return topicIds;
    }

    /** Where the assigned partitions end. */
    Map<TopicPartition, Long> ends() {
        return ends;
    }

    /** Asks where reading of these partitions begins. */
    StartLookup lookUp(
            Set<TopicPartition> partitions, Map<TopicPartition, Known> known, long version) {
        return new StartLookup(known, version, ask(lookup -> starts(lookup, partitions, known)));
    }

    /** The same in a moment: there was no answer just now. */
    StartLookup lookUpLater(
            Set<TopicPartition> partitions, Map<TopicPartition, Known> known, long version) {
        var question = new Question<>(lookup -> starts(lookup, partitions, known));
        CompletableFuture.delayedExecutor(AGAIN.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> questions.add(question));
        return new StartLookup(known, version, question.answer);
    }

    /** Asks for the ids that these topics have from now on, by name; missing ones are left out. */
    CompletableFuture<Map<String, String>> topicIdsNow(Set<String> topics) {
        return ask(lookup -> BrokerLookup.ids(lookup.topics(topics)));
    }

    private <T> CompletableFuture<T> ask(Asking<T> asking) {
        var question = new Question<>(asking);
        questions.add(question);
        return question.answer;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            // The first one at once: until there has been one, the processor is not ready.
            var nextLook = System.nanoTime();
            while (!closed) {
                var wait = Math.max(0, nextLook - System.nanoTime());
                var question = questions.poll(wait, TimeUnit.NANOSECONDS);
                if (question != null) {
                    answer(question);
                }
                // However many questions there are: one may be asked until there is an answer.
                if (nextLook - System.nanoTime() <= 0) {
                    look();
                    nextLook = System.nanoTime() + INTERVAL.toNanos();
                }
            }
        } catch (InterruptedException ignored) {
            // closed
        } finally {
            closeAdmin();
        }
    }

    private void look() throws InterruptedException {
        try {
            var lookup = lookup();
            var names = new ArrayList<>(config.topics().values());
            names.add(config.deadLetterTopic());
            var topics = lookup.topics(names);
            topicIds = BrokerLookup.ids(topics);
            ends = lookup.readableEnds(BrokerLookup.led(assigned.get(), topics));
            report(names.stream().filter(name -> !topics.containsKey(name)).toList());
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private <T> void answer(Question<T> question) throws InterruptedException {
        try {
            question.answer.complete(question.asking.ask(lookup()));
        } catch (RuntimeException e) {
            question.answer.completeExceptionally(e);
            failed(e);
        }
    }

    private Map<TopicPartition, PartitionStart> starts(
            BrokerLookup lookup, Set<TopicPartition> partitions, Map<TopicPartition, Known> known)
            throws InterruptedException {
        var starts = lookup.starts(partitions, known);
        // Before the answer: its ids must not look changed against older ones.
        var ids = new HashMap<>(topicIds);
        starts.forEach((partition, start) -> ids.put(partition.topic(), start.topicId()));
        topicIds = ids;
        return starts;
    }

    private BrokerLookup lookup() {
        var open = admin;
        if (open == null) {
            open =
                    Admin.create(
                            Map.of(
                                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                    config.bootstrapServers()));
            admin = open;
        }
        return new BrokerLookup(open, config.groupId());
    }

    private void report(List<String> missing) {
        if (missing.isEmpty()) {
            health.works(User.WATCH);
            return;
        }
        health.fails(
                User.WATCH,
                "waiting for topics that do not exist at %s: %s"
                        .formatted(
                                config.bootstrapServers(),
                                missing.stream().sorted().collect(Collectors.joining(", "))));
    }

    /** Nothing ends the watch: without it no partition would ever be begun again. */
    private void failed(RuntimeException failure) throws InterruptedException {
        if (failure instanceof KafkaException) {
            log.atDebug().setCause(failure).log("the broker did not answer");
            health.fails(
                    User.WATCH,
                    "waiting for Kafka at %s: %s"
                            .formatted(config.bootstrapServers(), failure.getMessage()));
            return;
        }
        log.atError().setCause(failure).log("watching the broker failed, it is tried again");
        health.fails(User.WATCH, "watching the broker failed: " + failure);
        closeAdmin(); // it may be what is broken
        TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
    }

    private void closeAdmin() {
        var open = admin;
        admin = null;
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }
}
