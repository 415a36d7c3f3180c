package gpuanalytics.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Brings topics to what a race wants them to hold; one that is full already stays. */
public final class TopicFiller implements AutoCloseable {

    /** Partitions of every topic. */
    public static final int PARTITIONS = 12;

    private static final int MAX_ATTEMPTS = 100;

    private final String bootstrap;
    private final Admin admin;

    public TopicFiller(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** The broker's address. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Fills both topics of a load where they are not full yet. */
    public void fill(Load load) throws InterruptedException {
        fill(load.sampleTopic(), load.samples());
        fill(load.usageTopic(), load.usages());
    }

    /**
     * Makes a topic that may exist already, and returns once all its partitions answer: a producer
     * whose first batch meets a partition without a leader, and whose second does not, never gets
     * the first one in.
     */
    public void create(String topic) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("topic %s cannot be made".formatted(topic), e);
            }
        }
        var _ = size(topic);
    }

    /** Removes a topic some time soon; nobody waits for it. */
    public void deleteLater(String topic) {
        var _ = admin.deleteTopics(List.of(topic));
    }

    /** Removes a topic that may be missing, and returns once it is gone. */
    public void delete(String topic) throws InterruptedException {
        try {
            admin.deleteTopics(List.of(topic)).all().get();
            while (admin.listTopics().names().get().contains(topic)) {
                Thread.sleep(50);
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new IllegalStateException("topic %s cannot be removed".formatted(topic), e);
            }
        }
    }

    /** How many records a group has committed in these topics. */
    public long committed(String group, Collection<String> topics) throws InterruptedException {
        try {
            return admin
                    .listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()
                    .stream()
                    .filter(entry -> topics.contains(entry.getKey().topic()))
                    .filter(entry -> entry.getValue() != null)
                    .mapToLong(entry -> entry.getValue().offset())
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("group %s cannot be read".formatted(group), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }

    private void fill(String topic, EventStream events) throws InterruptedException {
        create(topic);
        long held = size(topic);
        if (held == events.size()) {
            return;
        }
        if (held > 0) {
            delete(topic); // a filling that was cut off
            create(topic);
        }
        System.err.printf("filling %s with %,d records%n", topic, events.size());
        send(topic, events);
    }

    private long size(String topic) throws InterruptedException {
        var ask = new HashMap<TopicPartition, OffsetSpec>();
        for (int number = 0; number < PARTITIONS; number++) {
            ask.put(new TopicPartition(topic, number), OffsetSpec.latest());
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return admin.listOffsets(ask).all().get().values().stream()
                        .mapToLong(found -> found.offset())
                        .sum();
            } catch (ExecutionException e) {
                // A topic that was made just now is not known everywhere yet.
                if (attempt == MAX_ATTEMPTS
                        || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new IllegalStateException("topic %s cannot be read".formatted(topic), e);
                }
                Thread.sleep(100);
            }
        }
    }

    private void send(String topic, EventStream events) {
        var failure = new AtomicReference<@Nullable Exception>();
        try (var producer = new KafkaProducer<byte[], byte[]>(settings(bootstrap))) {
            for (long number = 0; number < events.size() && failure.get() == null; number++) {
                var _ =
                        producer.send(
                                record(topic, events.event(number)),
                                (_, problem) -> {
                                    if (problem != null) {
                                        failure.set(problem);
                                    }
                                });
            }
        }
        var problem = failure.get();
        if (problem != null) {
            throw new IllegalStateException("topic %s cannot be filled".formatted(topic), problem);
        }
    }

    /** The record of an event, keyed as our producers key it. */
    public static ProducerRecord<byte[], byte[]> record(String topic, Event event) {
        var key = EventKey.of(event);
        return new ProducerRecord<>(
                topic, key == null ? null : key.getBytes(UTF_8), EventCodec.encode(event));
    }

    /**
     * What our producers use too: all replicas, idempotent, one request at a time, lz4, batches of
     * 128 KiB.
     */
    public static Map<String, Object> settings(String bootstrap) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 * 1024);
    }
}
