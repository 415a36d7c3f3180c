package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.ProcessorMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The processor in a heap of 256 MiB, with what ten seconds of 10,000 events a second bring. */
class SmallHeapIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int EVENTS = 100_000;

    @Test
    void storesAHundredThousandEventsInASmallHeap() throws Exception {
        int httpPort = Ports.free();
        try (var broker = EmbeddedBroker.start();
                var store = EmbeddedStore.start()) {
            broker.createTopics(4, "gpu.metrics.v1", "token.usage.v1", "dead.letters.v1");
            var variables =
                    Map.of(
                            "KAFKA_BOOTSTRAP", broker.bootstrapServers(),
                            "MONGO_URL", store.url(),
                            "HTTP_PORT", Integer.toString(httpPort),
                            "QUERY_MAX_DAYS", "36500");
            try (var processor =
                            JavaProcess.start(
                                    ProcessorMain.class,
                                    List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"),
                                    List.of(),
                                    variables);
                    var api = new ApiClient(httpPort)) {
                send(broker);

                Waiting.until(
                        () -> "all events: " + requests(api) + ", " + processor.output(),
                        LIMIT,
                        () -> {
                            assertTrue(processor.isAlive(), () -> processor.output().toString());
                            return requests(api) == EVENTS;
                        });
                assertEquals(EVENTS, api.totals().requests());
                assertTrue(
                        processor.output().stream().noneMatch(line -> line.contains("OutOfMemory")),
                        () -> processor.output().toString());
            }
        }
    }

    private static long requests(ApiClient api) {
        try {
            return api.totals().requests();
        } catch (IOException ignored) {
            return -1; // it has not started to listen
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private static void send(EmbeddedBroker broker) throws Exception {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "compression.type",
                        "lz4",
                        "linger.ms",
                        5,
                        // A partition that is new may refuse the first batch and take the second.
                        "max.in.flight.requests.per.connection",
                        1);
        try (var producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sent = new ArrayList<Future<RecordMetadata>>(EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                var event =
                        """
                        {"ts":"2026-01-31T12:%02d:%02d.%03dZ","model":"m%d","team":"t%d","prompt_tokens":%d,\
                        "completion_tokens":%d,"latency_ms":%d,"request_id":"r%d"}\
                        """
                                .formatted(
                                        i / 10_000,
                                        i / 1000 % 60,
                                        i % 1000,
                                        i % 5,
                                        i % 7,
                                        i % 4000,
                                        i % 500,
                                        i % 9000,
                                        i);
                var bytes = event.getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(new ProducerRecord<>("token.usage.v1", bytes)));
            }
            producer.flush();
            for (var each : sent) {
                each.get();
            }
        }
    }
}
