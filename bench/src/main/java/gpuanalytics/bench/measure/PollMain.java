package gpuanalytics.bench.measure;

import gpuanalytics.bench.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer that only reads: what no consumer of these topics can surpass. In a process of its
 * own; prints records per second, from the first records to the last.
 */
public final class PollMain {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private PollMain() {}

    /** Records per second of these topics. */
    public static double measure(
            String bootstrap, List<String> topics, long records, Path directory) {
        var arguments = new ArrayList<>(List.of(bootstrap, Long.toString(records)));
        arguments.addAll(topics);
        var program = ChildJvm.own(PollMain.class, arguments);
        try (var child = ChildJvm.talking("poll", program, directory.resolve("poll.log"))) {
            return Double.parseDouble(child.line());
        }
    }

    public static void main(String[] arguments) {
        var topics = List.of(arguments).subList(2, arguments.length);
        System.out.println(rate(arguments[0], Long.parseLong(arguments[1]), topics));
        System.exit(0);
    }

    private static double rate(String bootstrap, long records, List<String> topics) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings(bootstrap))) {
            consumer.subscribe(topics);
            long first = 0;
            long begin = 0;
            long read = 0;
            while (read < records) {
                read += consumer.poll(PATIENCE).count();
                if (first == 0 && read > 0) {
                    first = read;
                    begin = System.nanoTime();
                }
            }
            return (read - first) / ((System.nanoTime() - begin) / 1e9);
        }
    }

    private static Map<String, Object> settings(String bootstrap) {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                "poll-" + ProcessHandle.current().pid(),
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "consumer",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                5000,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                4 << 20,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class);
    }
}
