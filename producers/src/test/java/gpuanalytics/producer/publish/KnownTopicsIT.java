package gpuanalytics.producer.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Relay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who is ready can send at once: it need not ask Kafka about a topic first, which on a busy machine
 * takes longer than a send may wait.
 */
@Timeout(120)
class KnownTopicsIT {

    private static final List<String> TOPICS = List.of("often", "seldom");
    private static final short METADATA = 3;

    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<Integer> asked = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;

    @Test
    void whoIsReadySendsToEveryTopicWithoutAnotherAnswerAboutIt() throws Exception {
        try (var front = Relay.listen();
                var broker =
                        EmbeddedBroker.start(
                                EmbeddedBroker.Options.defaults().behind(front.getLocalPort()));
                var _ = Messages.relay(front, broker.port(), this::request, this::answer);
                var publisher =
                        new KafkaPublisher(
                                NewPartitionIT.options(broker),
                                Clock.systemUTC(),
                                new SimpleMeterRegistry())) {
            broker.createTopics(1, TOPICS.toArray(String[]::new));
            assertTrue(publisher.awaitReady(Set.copyOf(TOPICS), () -> false));

            silent = true;
            for (var topic : TOPICS) {
                var offset = NewPartitionIT.send(publisher, topic, 0);
                assertEquals(0, offset.get(60, TimeUnit.SECONDS), topic);
            }
            released.countDown();
        }
    }

    /** Notes the questions about topics, by their number on a connection. */
    private void request(byte[] message) {
        var header = ByteBuffer.wrap(message);
        if (silent && header.getShort() == METADATA) {
            asked.add(header.getInt(Integer.BYTES));
        }
    }

    private void answer(byte[] message) throws InterruptedException {
        if (asked.contains(ByteBuffer.wrap(message).getInt())) {
            released.await();
        }
    }
}
