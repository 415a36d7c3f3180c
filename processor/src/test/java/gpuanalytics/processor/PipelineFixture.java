package gpuanalytics.processor;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.SharedParts;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.faults.FaultyStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Topics, a group and a database of one test's own, on a broker and a store that many share. The
 * database goes at the end, so that what the tests leave does not add up.
 */
final class PipelineFixture implements AutoCloseable {

    static final int PARTITIONS = 4;
    static final Duration LIMIT = Duration.ofSeconds(90);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String bootstrapServers;
    private final String storeUrl;
    private final String name;
    private final boolean isOwner;
    private final Map<String, String> environment = new HashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final MongoClient client;
    private volatile @Nullable Exception sendFailure;

    private PipelineFixture(String bootstrapServers, String storeUrl) {
        this(
                bootstrapServers,
                storeUrl,
                "t" + COUNT.incrementAndGet() + "-" + System.nanoTime(),
                true);
    }

    private PipelineFixture(
            String bootstrapServers, String storeUrl, String name, boolean isOwner) {
        this.bootstrapServers = bootstrapServers;
        this.storeUrl = storeUrl;
        this.name = name;
        this.isOwner = isOwner;
        environment.put("KAFKA_BOOTSTRAP", bootstrapServers);
        environment.put("MONGO_URL", storeUrl);
        environment.put("MONGO_DATABASE", name);
        environment.put("TOPIC_METRIC", metricTopic());
        environment.put("TOPIC_TOKEN", tokenTopic());
        environment.put("TOPIC_DEAD_LETTER", deadLetterTopic());
        environment.put("GROUP_ID", name);
        environment.put("HTTP_PORT", "0");
        environment.put("BATCH_AGE_MS", "20");
        environment.put("ROLLUP_FLUSH_MS", "50");
        environment.put("COMMIT_INTERVAL_MS", "50");
        environment.put("AUDIT_INTERVAL_S", "0");
        environment.put("LEDGER_INTERVAL_S", "0");
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        this.producer = new KafkaProducer<>(producerSettings());
        this.client = MongoClients.create(storeUrl);
    }

    /** On the shared parts, without topics so far. */
    static PipelineFixture withoutTopics() {
        return new PipelineFixture(
                SharedParts.broker().bootstrapServers(), SharedParts.store().url());
    }

    /** On the shared parts. */
    static PipelineFixture withTopics() {
        return withTopics(SharedParts.broker());
    }

    /** On a broker of the test's own and the shared store. */
    static PipelineFixture withTopics(EmbeddedBroker broker) {
        return withTopics(broker, SharedParts.store().url());
    }

    /** On a broker of the test's own and a store that fails when it is told to. */
    static PipelineFixture withTopics(EmbeddedBroker broker, FaultyStore faults) {
        return withTopics(broker, faults.url());
    }

    /** On the shared broker and a store that fails when it is told to. */
    static PipelineFixture behind(FaultyStore faults) {
        return withTopics(SharedParts.broker(), faults.url());
    }

    private static PipelineFixture withTopics(EmbeddedBroker broker, String storeUrl) {
        var fixture = new PipelineFixture(broker.bootstrapServers(), storeUrl);
        fixture.createTopics();
        return fixture;
    }

    /** The same names on another broker. */
    PipelineFixture at(EmbeddedBroker other) {
        return at(other.bootstrapServers());
    }

    /** The same names on another broker. */
    PipelineFixture at(String otherBootstrapServers) {
        return new PipelineFixture(otherBootstrapServers, storeUrl, name, false);
    }

    void createTopics() {
        EmbeddedBroker.createTopics(
                admin,
                List.of(
                        new NewTopic(metricTopic(), PARTITIONS, (short) 1),
                        new NewTopic(tokenTopic(), PARTITIONS, (short) 1),
                        new NewTopic(deadLetterTopic(), 1, (short) 1)));
    }

    String metricTopic() {
        return name + ".metrics";
    }

    String tokenTopic() {
        return name + ".usage";
    }

    String deadLetterTopic() {
        return name + ".dead";
    }

    String groupId() {
        return name;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    Admin admin() {
        return admin;
    }

    PipelineFixture with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** How soon the broker gives the partitions of a member that was killed to others. */
    PipelineFixture missingMembersAfter(Duration time) throws Exception {
        configure(
                new ConfigResource(ConfigResource.Type.GROUP, name),
                Map.of(
                        "consumer.session.timeout.ms",
                        Long.toString(time.toMillis()),
                        "consumer.heartbeat.interval.ms",
                        Long.toString(time.toMillis() / 4)));
        return this;
    }

    /** Sets configuration of a topic. */
    void configureTopic(String topic, Map<String, String> settings) throws Exception {
        configure(new ConfigResource(ConfigResource.Type.TOPIC, topic), settings);
    }

    private void configure(ConfigResource what, Map<String, String> settings) throws Exception {
        var changes =
                settings.entrySet().stream()
                        .map(
                                setting ->
                                        new AlterConfigOp(
                                                new ConfigEntry(
                                                        setting.getKey(), setting.getValue()),
                                                AlterConfigOp.OpType.SET))
                        .toList();
        admin.incrementalAlterConfigs(Map.of(what, changes)).all().get();
        // the controller has answered; the broker hears of it a little later
        Waiting.until("the broker to know of " + settings, LIMIT, () -> knows(what, settings));
    }

    private boolean knows(ConfigResource what, Map<String, String> settings) throws Exception {
        Collection<Config> all;
        try {
            all = admin.describeConfigs(List.of(what)).all().get().values();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false; // nor has it heard of the topic
            }
            throw e;
        }
        for (var known : all) {
            for (var setting : settings.entrySet()) {
                var entry = known.get(setting.getKey());
                if (entry == null || !setting.getValue().equals(entry.value())) {
                    return false;
                }
            }
        }
        return true;
    }

    ProcessorConfig config() {
        return ProcessorConfig.fromEnvironment(environment);
    }

    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    MongoDatabase database() {
        return client.getDatabase(name);
    }

    /** Sends an event to the partition that its hash picks. */
    void send(Event event) {
        var key = String.valueOf(event.get(idField(event))).getBytes(StandardCharsets.UTF_8);
        send(new ProducerRecord<>(topicOf(event), key, EventLedger.encode(event)));
    }

    /** Sends bytes. */
    void send(EventTopic topic, int partition, byte @Nullable [] value) {
        send(new ProducerRecord<>(topicOf(topic), partition, null, value));
    }

    /** Sends events and waits until the broker has them. */
    void sendAll(EventLedger ledger, int events) {
        for (int i = 0; i < events; i++) {
            send(ledger.next());
        }
        flush();
    }

    /** Waits until the broker has what was sent; the oracle counts on every one of them. */
    void flush() {
        producer.flush();
        var failure = sendFailure;
        if (failure != null) {
            throw new AssertionError("the broker did not take what the test sent", failure);
        }
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        var _ =
                producer.send(
                        record,
                        (_, failure) -> {
                            if (failure != null) {
                                sendFailure = failure;
                            }
                        });
    }

    /**
     * Deletes the topic of usages and makes it again. Between the two it waits until the broker
     * knows: until then it takes records for the old one, which go with it.
     */
    void makeTokenTopicAgain() throws Exception {
        admin.deleteTopics(List.of(tokenTopic())).all().get();
        Waiting.until(
                "the topic to be gone",
                LIMIT,
                () -> !admin.listTopics().names().get().contains(tokenTopic()));
        createTopics();
    }

    /** Waits until all records of both topics are committed by the group. */
    void awaitCommitted() throws Exception {
        Waiting.until("everything to be committed", LIMIT, this::isCommitted);
    }

    boolean isCommitted() throws Exception {
        var ends = ends();
        var committed = admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
        return ends.entrySet().stream()
                .allMatch(
                        end -> {
                            var mark = committed.get(end.getKey());
                            return end.getValue() == 0
                                    || (mark != null && mark.offset() == end.getValue());
                        });
    }

    Map<TopicPartition, Long> ends() throws Exception {
        var ends = new HashMap<TopicPartition, Long>();
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        partitions().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        admin.listOffsets(asked).all().get().forEach((p, end) -> ends.put(p, end.offset()));
        return ends;
    }

    /** Every dead letter there is. */
    List<ConsumerRecord<byte[], byte[]>> deadLetters() throws Exception {
        var partition = new TopicPartition(deadLetterTopic(), 0);
        var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(consumerSettings())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            var deadline = System.nanoTime() + LIMIT.toNanos();
            while (consumer.position(partition) < end && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            }
        }
        return letters;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
        if (isOwner) {
            database().drop();
        }
        client.close();
    }

    private Stream<TopicPartition> partitions() throws Exception {
        var descriptions =
                admin.describeTopics(List.of(metricTopic(), tokenTopic())).allTopicNames().get();
        return descriptions.values().stream()
                .flatMap(
                        topic ->
                                topic.partitions().stream()
                                        .map(p -> new TopicPartition(topic.name(), p.partition())));
    }

    private String topicOf(Event event) {
        return topicOf(event.topic());
    }

    private String topicOf(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> metricTopic();
            case TOKEN_USAGE -> tokenTopic();
        };
    }

    private static Field<String> idField(Event event) {
        return switch (event.topic()) {
            case GPU_METRICS -> GpuMetric.EVENT_ID;
            case TOKEN_USAGE -> TokenUsage.REQUEST_ID;
        };
    }

    private Map<String, Object> producerSettings() {
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "max.request.size",
                64 << 20,
                "buffer.memory",
                64L << 20,
                "linger.ms",
                5,
                // A new partition's leader may refuse the first batch and take the second, and the
                // first is then out of order for ever.
                "max.in.flight.requests.per.connection",
                1,
                "request.timeout.ms",
                120_000, // a loaded machine is not the fault under test
                "delivery.timeout.ms",
                300_000,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class);
    }

    private Map<String, Object> consumerSettings() {
        return Map.of(
                "bootstrap.servers", bootstrapServers,
                "key.deserializer", ByteArrayDeserializer.class,
                "value.deserializer", ByteArrayDeserializer.class);
    }
}
