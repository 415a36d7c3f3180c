package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Producers may write in transactions: what they take back never was, and markers are no lag. */
@Execution(ExecutionMode.CONCURRENT)
class TransactionsIT {

    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void hasNoLagWhereATransactionsMarkerIsLast(String protocol) throws Exception {
        try (var fixture = PipelineFixture.withTopics();
                var producer = new KafkaProducer<byte[], byte[]>(transactional(fixture))) {
            fixture.with("GROUP_PROTOCOL", protocol);
            var ledger = new EventLedger(31);
            producer.initTransactions();
            try (var processor = Processor.start(fixture.config())) {
                for (int round = 0; round < 5; round++) {
                    send(producer, fixture, ledger, 20);
                    abort(producer, fixture);
                }
                fixture.awaitCommitted();
                Waiting.until(
                        "the lag to be 0",
                        PipelineFixture.LIMIT,
                        () -> processor.stats().lag() == 0);
                Waiting.until(
                        "nothing to be left to drain",
                        PipelineFixture.LIMIT,
                        () -> Scraped.sum(processor, "processor_drain_seconds") == 0);
                assertEquals(100, processor.stats().stored());
            }
            // One that comes later finds nothing to do either.
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "the lag to be 0",
                        PipelineFixture.LIMIT,
                        () -> processor.stats().lag() == 0);
                assertEquals(0, processor.stats().received());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            PipelineFixture fixture,
            EventLedger ledger,
            int events) {
        producer.beginTransaction();
        for (int i = 0; i < events; i++) {
            var event = ledger.next();
            var topic =
                    event.topic() == EventTopic.GPU_METRICS
                            ? fixture.metricTopic()
                            : fixture.tokenTopic();
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    i % PipelineFixture.PARTITIONS,
                                    null,
                                    EventLedger.encode(event)));
        }
        producer.commitTransaction();
    }

    private static void abort(KafkaProducer<byte[], byte[]> producer, PipelineFixture fixture) {
        producer.beginTransaction();
        for (int i = 0; i < PipelineFixture.PARTITIONS; i++) {
            var event = new EventLedger(32).nextUsage();
            var _ =
                    producer.send(
                            new ProducerRecord<>(
                                    fixture.tokenTopic(), i, null, EventLedger.encode(event)));
        }
        producer.flush();
        producer.abortTransaction();
    }

    private static Map<String, Object> transactional(PipelineFixture fixture) {
        return Map.of(
                "bootstrap.servers",
                fixture.bootstrapServers(),
                "transactional.id",
                fixture.groupId(),
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class);
    }
}
