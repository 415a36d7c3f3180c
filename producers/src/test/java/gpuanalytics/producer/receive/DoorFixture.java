package gpuanalytics.producer.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.producer.Producer;
import gpuanalytics.producer.ProducerConfig;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A producer with open doors over a broker, and clients of both. */
public final class DoorFixture implements AutoCloseable {

    public static final String USAGES = "token.usage.v1";
    public static final String SAMPLES = "gpu.metrics.v1";
    public static final String LETTERS = "dead.letters.v1";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    public final Producer producer;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Starts it; the broker need not be there yet. */
    public DoorFixture(String bootstrap, Map<String, String> environment) {
        var all =
                new HashMap<>(
                        Map.of(
                                "KAFKA_BOOTSTRAP", bootstrap,
                                "HTTP_PORT", "0",
                                "LINGER_MS", "0",
                                "DOORS", "http,grpc",
                                "DOOR_GRPC_PORT", "0",
                                "DOOR_HTTP_PORT", "0"));
        all.putAll(environment);
        producer = Producer.start(ProducerConfig.fromEnvironment(all));
    }

    /** Makes the topics. */
    public static EmbeddedBroker withTopics(EmbeddedBroker broker) {
        broker.createTopics(2, USAGES, SAMPLES);
        broker.createTopics(1, LETTERS);
        return broker;
    }

    /** Waits until the doors take events. */
    public DoorFixture awaitReady() throws Exception {
        Waiting.until(
                "open doors",
                LIMIT,
                () -> send(producer.httpPort(), "GET", "/health", new byte[0]).statusCode() == 200);
        return this;
    }

    /** Waits until no request holds anything at the door for HTTP. */
    public void awaitEmpty() throws Exception {
        awaitHeld(0);
    }

    /** Waits until the requests at the door for HTTP hold so many bytes together. */
    public void awaitHeld(long bytes) throws Exception {
        Waiting.until(bytes + " bytes at the door", LIMIT, () -> held() == bytes);
    }

    private double held() throws Exception {
        return metric("producer_door_bytes{door=\"http\"}");
    }

    /** The value of a metric, by its name and labels as they are printed; NaN where it has none. */
    public double metric(String named) throws Exception {
        var name = named + " ";
        return text(send(producer.httpPort(), "GET", "/metrics", new byte[0]))
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** A connection to the door for gRPC; the caller shuts it down. */
    public ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", producer.doorPort(DoorKind.GRPC))
                .usePlaintext()
                .build();
    }

    public HttpResponse<byte[]> post(String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        return send(producer.doorPort(DoorKind.HTTP), "POST", path, body, headers);
    }

    public HttpResponse<byte[]> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return post(path, body.getBytes(UTF_8), headers);
    }

    /**
     * As a client that is told to try again does: where there is one slot, the answer before may
     * still hold it.
     */
    public HttpResponse<byte[]> postInTurn(String path, byte[] body, String... headers)
            throws Exception {
        var answer = new AtomicReference<HttpResponse<byte[]>>();
        Waiting.until(
                "a free slot",
                LIMIT,
                () -> {
                    var told = post(path, body, headers);
                    answer.set(told);
                    return told.statusCode() != 503;
                });
        return Objects.requireNonNull(answer.get());
    }

    public HttpResponse<byte[]> postInTurn(String path, String body, String... headers)
            throws Exception {
        return postInTurn(path, body.getBytes(UTF_8), headers);
    }

    private HttpResponse<byte[]> send(
            int port, String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .timeout(LIMIT)
                        .method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    public static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
    }

    public static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    /** All records of a topic. */
    public static List<ConsumerRecord<byte[], byte[]>> read(String bootstrap, String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            var partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** The values of a topic's records that contain a text. */
    public static List<String> texts(String bootstrap, String topic, String containing) {
        return read(bootstrap, topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .filter(value -> value.contains(containing))
                .toList();
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        producer.close();
    }
}
