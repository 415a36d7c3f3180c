package gpuanalytics.producer.source.synthetic.shard;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Changes of the rate, written to every partition of the shards topic. */
final class RateLog {

    private final ShardOptions options;
    private final Duration timeout;

    /**
     * @param timeout how long Kafka may take to acknowledge a change
     */
    RateLog(ShardOptions options, Duration timeout) {
        this.options = options;
        this.timeout = timeout;
    }

    /**
     * Tells every shard a rate.
     *
     * @throws IOException if not every shard could be told; the change may then hold for some
     */
    void write(int shards, double eventsPerSecond) throws IOException, InterruptedException {
        var record = new RateRecord(eventsPerSecond, options.configuredRate()).bytes();
        try (var producer = new KafkaProducer<byte[], byte[]>(settings())) {
            var told = new ArrayList<Future<RecordMetadata>>();
            for (int shard = 0; shard < shards; shard++) {
                told.add(
                        producer.send(
                                new ProducerRecord<>(
                                        options.topic(), shard, RateRecord.KEY, record)));
            }
            for (var one : told) {
                one.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IOException(
                    "not every shard could be told the rate: no answer from " + options.bootstrap(),
                    e);
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                options.bootstrap(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                timeout.toMillis() / 2,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) timeout.toMillis() / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) timeout.toMillis(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class);
    }
}
