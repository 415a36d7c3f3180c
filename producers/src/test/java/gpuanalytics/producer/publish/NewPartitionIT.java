package gpuanalytics.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Relay;
import gpuanalytics.producer.publish.KafkaOptions.Compression;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes first into a partition that is new, when the broker refuses it at first. */
@Timeout(120)
class NewPartitionIT {

    private static final String TOPIC = "new";
    private static final int RECORDS = 20;

    @Test
    void whatIsRefusedForNowComesInOrderAndNothingWaitsForEver() throws Exception {
        try (var front = Relay.listen();
                var broker =
                        EmbeddedBroker.start(
                                EmbeddedBroker.Options.defaults().behind(front.getLocalPort()));
                var relay = new ProduceRelay(front, broker.port());
                var publisher =
                        new KafkaPublisher(
                                options(broker), Clock.systemUTC(), new SimpleMeterRegistry())) {
            broker.createTopics(1, TOPIC);
            assertTrue(publisher.awaitReady(Set.of(TOPIC), () -> false));

            var offsets = new ArrayList<CompletableFuture<Long>>();
            offsets.add(send(publisher, TOPIC, 0));
            relay.awaitFirst();
            for (int i = 1; i < RECORDS; i++) {
                offsets.add(send(publisher, TOPIC, i));
            }

            for (int i = 0; i < RECORDS; i++) {
                assertEquals(i, offsets.get(i).get(60, TimeUnit.SECONDS));
            }
        }
    }

    static CompletableFuture<Long> send(KafkaPublisher publisher, String topic, int number) {
        var offset = new CompletableFuture<Long>();
        publisher.send(
                new ProducerRecord<>(topic, ("value " + number).getBytes(UTF_8)),
                (metadata, failure) -> {
                    if (failure == null) {
                        offset.complete(metadata.offset());
                    } else {
                        offset.completeExceptionally(failure);
                    }
                });
        return offset;
    }

    static KafkaOptions options(EmbeddedBroker broker) {
        return new KafkaOptions(
                broker.bootstrapServers(),
                Map.of(),
                "letters",
                Compression.LZ4,
                Duration.ofMillis(1),
                1 << 20,
                1 << 20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }
}
