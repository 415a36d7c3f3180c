package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.TestBrokers;
import gpuanalytics.embedded.testing.TestStores;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.Processor;
import gpuanalytics.processor.ProcessorConfig;
import gpuanalytics.producer.Producer;
import gpuanalytics.producer.ProducerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole replay, from file to HTTP, over a real broker and a store of each kind. */
abstract class ReplayContract {

    private static final Duration LIMIT = Duration.ofMinutes(4);

    abstract Lane lane();

    @Test
    void storesTheWholeReplayOnce(@TempDir Path directory) throws Exception {
        var trace = Traces.conversations(directory);
        try (var store = TestStores.open(lane());
                var broker = TestBrokers.open(lane())) {
            var variables = new HashMap<String, String>();
            variables.put("KAFKA_BOOTSTRAP", broker.bootstrapServers());
            variables.put("MONGO_URL", store.url());
            variables.put("MONGO_DATABASE", store.database());
            variables.put("HTTP_PORT", "0");
            variables.put("QUERY_MAX_DAYS", "36500");
            variables.put("SOURCE", "replay");
            variables.put("REPLAY_FILES", trace.file().toString());
            variables.put("REPLAY_SPEED", "max");
            createTopics(broker.bootstrapServers());

            try (var processor = Processor.start(ProcessorConfig.fromEnvironment(variables));
                    var api = new ApiClient(processor.httpPort())) {
                replay(variables);
                awaitDone(processor, trace.totals().requests());
                // Raw documents come first, the sums after them.
                Waiting.until("the sums", LIMIT, () -> trace.totals().equals(api.totals()));

                replay(variables);
                awaitDone(processor, 2 * trace.totals().requests());
                assertEquals(trace.totals(), api.totals(), "after a repeat of the same events");
            }
        }
    }

    private static void replay(Map<String, String> variables) throws Exception {
        try (var producer = Producer.start(ProducerConfig.fromEnvironment(variables))) {
            assertTrue(producer.awaitEnd(LIMIT), "the replay ends");
            assertTrue(producer.failure().isEmpty(), () -> producer.failure().toString());
        }
    }

    private static void awaitDone(Processor processor, long events) throws Exception {
        Waiting.until(
                "every record to be done",
                LIMIT,
                () -> {
                    var stats = processor.stats();
                    return stats.stored() + stats.duplicates() + stats.rejected() >= events
                            && stats.lag() == 0;
                });
    }

    private static void createTopics(String bootstrapServers) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(
                            List.of(
                                    new NewTopic("gpu.metrics.v1", 4, (short) 1),
                                    new NewTopic("token.usage.v1", 4, (short) 1),
                                    new NewTopic("dead.letters.v1", 1, (short) 1)))
                    .all()
                    .get();
        }
    }
}
