package gpuanalytics.processor.consume;

import gpuanalytics.processor.consume.ConsumeConfig.GroupProtocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's client as a member of the group, set up for this use. For one thread. */
final class GroupClient implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupClient.class);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** Of a broker that does not answer; the client spins for as long at worst (KAFKA-21031). */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private static final int FETCH_MAX_BYTES = 16 << 20;
    private static final int PARTITION_FETCH_BYTES = 2 << 20;

    /**
     * As large as the system makes it. The client's default of 64 KiB is less than one segment of
     * loopback holds: the broker's system then waits, 200 ms at a time, for a window that never
     * opens so far.
     */
    static final int RECEIVE_BUFFER_BYTES = -1;

    private final MetadataVersion metadataVersion = new MetadataVersion();
    private final KafkaConsumer<ByteBuffer, ByteBuffer> consumer;

    GroupClient(ConsumeConfig config, ConsumerRebalanceListener listener) {
        consumer =
                new KafkaConsumer<>(
                        settings(config), new ByteBufferDeserializer(), metadataVersion);
        consumer.subscribe(config.topics().values(), listener);
    }

    /** Keys and values are parts of what was fetched, not copies. */
    ConsumerRecords<ByteBuffer, ByteBuffer> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    /** Grows whenever the client may have learnt of other topic ids. */
    long metadataVersion() {
        return metadataVersion.get();
    }

    void pause(Collection<TopicPartition> partitions) {
        whereAssigned(partitions, consumer::pause);
    }

    void resume(Collection<TopicPartition> partitions) {
        whereAssigned(partitions, consumer::resume);
    }

    void pauseAll() {
        pause(consumer.assignment());
    }

    /** Goes on at a place, whose epoch the client compares with the log first. */
    void seek(TopicPartition partition, Mark to) {
        whereAssigned(List.of(partition), _ -> consumer.seek(partition, to.with("")));
    }

    void commitAsync(
            Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        consumer.commitAsync(offsets, callback);
    }

    void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        consumer.commitSync(offsets, COMMIT_TIMEOUT);
    }

    /** Leaves the group. */
    @Override
    public void close() {
        try {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        } catch (KafkaException e) {
            log.atWarn().setCause(e).log("the consumer did not leave its group in time");
        }
    }

    /**
     * A partition may be taken away on the client's own thread at any moment; then there is nothing
     * to do for it, and the others are served alone.
     */
    private static void whereAssigned(
            Collection<TopicPartition> partitions, Consumer<Collection<TopicPartition>> action) {
        try {
            action.accept(partitions);
        } catch (IllegalStateException e) {
            if (partitions.size() > 1) {
                partitions.forEach(each -> whereAssigned(List.of(each), action));
            } else {
                log.atDebug()
                        .addKeyValue("partitions", partitions)
                        .log("the partition was taken away meanwhile");
            }
        }
    }

    private static Map<String, Object> settings(ConsumeConfig config) {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
        if (config.groupInstanceId() != null) {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.groupInstanceId());
        }
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where to begin is decided here, so that no gap is passed silently.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // What a producer took back never happened.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.maxPollRecords());
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
        settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, RECEIVE_BUFFER_BYTES);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
        // A topic that is made later is noticed after this, not after 5 minutes.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5000);
        settings.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                config.protocol().name().toLowerCase(Locale.ROOT));
        if (config.protocol() == GroupProtocol.CLASSIC) {
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    CooperativeStickyAssignor.class.getName());
        }
        return settings;
    }
}
