package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.ConsumeConfig.GroupProtocol;
import gpuanalytics.service.health.PartHealth;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BrokerWatchIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void survivesWhateverFailsAndSaysSo() throws Exception {
        try (var broker = EmbeddedBroker.start()) {
            broker.createTopics(1, "metrics", "usage", "dead");
            var health = new PartHealth("kafka", "starting", Clock.systemUTC());
            var broken = new AtomicBoolean(true);
            var partition = new TopicPartition("usage", 0);
            try (var watch =
                    new BrokerWatch(
                            config(broker),
                            new KafkaHealth(health, broker.bootstrapServers()),
                            () -> {
                                if (broken.get()) {
                                    throw new IllegalStateException("broken by the test");
                                }
                                return Set.of(partition);
                            })) {
                Waiting.until(
                        "the failure to be told",
                        LIMIT,
                        () -> health.report().detail().contains("broken by the test"));

                var start =
                        watch.lookUp(Set.of(partition), Map.of(), 0)
                                .answer()
                                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                assertNotNull(start.get(partition), "it still answers");
                broken.set(false);
                Waiting.until("it to be well", LIMIT, () -> health.report().up());
                assertTrue(watch.ends().containsKey(partition));
            }
        }
    }

    /** As it happens while a partition waits for its topic, or for a leader. */
    @Test
    void looksAsOftenThoughTheSameIsAskedAgainAndAgain() throws Exception {
        try (var broker = EmbeddedBroker.start()) {
            broker.createTopics(1, "metrics", "usage", "dead");
            var health = new PartHealth("kafka", "starting", Clock.systemUTC());
            var partition = new TopicPartition("usage", 0);
            var missing = Set.of(new TopicPartition("missing", 0));
            try (var watch =
                    new BrokerWatch(
                            config(broker),
                            new KafkaHealth(health, broker.bootstrapServers()),
                            () -> Set.of(partition))) {
                // Bounded by questions, not by time: a look takes turns with them.
                for (int asked = 0; watch.ends().isEmpty(); asked++) {
                    assertTrue(asked < 20_000, "no look between so many questions");
                    var starts =
                            watch.lookUp(missing, Map.of(), 0)
                                    .answer()
                                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                    assertEquals(Map.of(), starts);
                }
                assertTrue(watch.ends().containsKey(partition));
                Waiting.until("it to be well", LIMIT, () -> health.report().up());
            }
        }
    }

    private static ConsumeConfig config(EmbeddedBroker broker) {
        return new ConsumeConfig(
                broker.bootstrapServers(),
                Map.of(EventTopic.GPU_METRICS, "metrics", EventTopic.TOKEN_USAGE, "usage"),
                "dead",
                "group",
                null,
                GroupProtocol.CONSUMER,
                100,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }
}
