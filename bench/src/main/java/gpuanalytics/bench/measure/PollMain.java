package gpuanalytics.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import gpuanalytics.bench.process.ChildJvm;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * A consumer that only reads: what no consumer of these topics can surpass, and what each of them
 * costs at least. In a process of its own; counts from the first records to the last.
 */
public final class PollMain {

    private static final ThreadMXBean THREADS =
            ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private PollMain() {}

    /**
     * What reading alone came to.
     *
     * @param perSecond records per second
     * @param bytesPerRecord what the client allocates
     * @param cpuSecondsPerMillion processor time of its process per million records
     */
    public record Reading(double perSecond, double bytesPerRecord, double cpuSecondsPerMillion) {

        private static Reading parse(String line) {
            var parts = line.split(" ", -1);
            return new Reading(
                    Double.parseDouble(parts[0]),
                    Double.parseDouble(parts[1]),
                    Double.parseDouble(parts[2]));
        }

        private String line() {
            return perSecond + " " + bytesPerRecord + " " + cpuSecondsPerMillion;
        }
    }

    /** Reads these topics. */
    public static Reading measure(
            String bootstrap, List<String> topics, long records, Path directory) {
        var arguments = new ArrayList<>(List.of(bootstrap, Long.toString(records)));
        arguments.addAll(topics);
        var program = ChildJvm.own(PollMain.class, arguments);
        try (var child = ChildJvm.talking("poll", program, directory.resolve("poll.log"))) {
            return Reading.parse(child.line());
        }
    }

    public static void main(String[] arguments) {
        var topics = List.of(arguments).subList(2, arguments.length);
        System.out.println(read(arguments[0], Long.parseLong(arguments[1]), topics).line());
        System.exit(0);
    }

    private static Reading read(String bootstrap, long records, List<String> topics) {
        try (var consumer = new KafkaConsumer<ByteBuffer, ByteBuffer>(settings(bootstrap))) {
            consumer.subscribe(topics);
            long before = 0;
            while (before == 0) {
                before = consumer.poll(PATIENCE).count();
            }
            long begin = System.nanoTime();
            long bytes = THREADS.getTotalThreadAllocatedBytes();
            long cpu = SYSTEM.getProcessCpuTime();
            long read = before;
            while (read < records) {
                read += consumer.poll(PATIENCE).count();
            }
            double counted = read - before;
            return new Reading(
                    counted / ((System.nanoTime() - begin) / 1e9),
                    (THREADS.getTotalThreadAllocatedBytes() - bytes) / counted,
                    (SYSTEM.getProcessCpuTime() - cpu) / 1e9 / (counted / 1e6));
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
                ByteBufferDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteBufferDeserializer.class);
    }
}
