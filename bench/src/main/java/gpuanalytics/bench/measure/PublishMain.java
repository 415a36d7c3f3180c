package gpuanalytics.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import gpuanalytics.bench.load.Load;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.load.Workload;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.publish.EventPublisher;
import gpuanalytics.producer.publish.KafkaOptions;
import gpuanalytics.producer.publish.KafkaOptions.Compression;
import gpuanalytics.producer.publish.KafkaPublisher;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Our publisher beside a plain client with the same settings: both encode the same events, send
 * them and wait until all are acknowledged. In a process of its own; the first quarter warms up.
 */
public final class PublishMain {

    private static final Duration LINGER = Duration.ofMillis(5);
    private static final long BUFFER_BYTES = 32 << 20;
    private static final int MAX_RECORD_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private PublishMain() {}

    /** Who publishes. */
    public enum Who {
        /** The client of Kafka alone. */
        PLAIN,
        OURS
    }

    /**
     * What it came to.
     *
     * @param perSecond events per second, from the first that is measured to the last acknowledged
     * @param cpuSecondsPerMillion processor time of its process per million events
     */
    public record Publishing(double perSecond, double cpuSecondsPerMillion) {

        private static Publishing parse(String line) {
            var parts = line.split(" ", -1);
            return new Publishing(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
        }
    }

    /** Who takes events over. */
    private interface Way extends AutoCloseable {

        void send(Event event);

        void awaitAcknowledged();

        @Override
        void close();
    }

    /** Publishes events of a load into the topics of another name, which are there. */
    public static Publishing measure(String bootstrap, Who who, Load into, Path directory) {
        var program =
                ChildJvm.own(
                        PublishMain.class,
                        List.of(
                                bootstrap,
                                who.name(),
                                into.workload().letter(),
                                Long.toString(into.records()),
                                Long.toString(into.seed()),
                                into.name()));
        try (var child = ChildJvm.talking("publish", program, directory.resolve("publish.log"))) {
            return Publishing.parse(child.line());
        }
    }

    public static void main(String[] arguments) {
        var load =
                Workload.of(arguments[2])
                        .load(Long.parseLong(arguments[3]), Long.parseLong(arguments[4]))
                        .named(arguments[5]);
        try (var way =
                switch (Who.valueOf(arguments[1])) {
                    case PLAIN -> new Plain(arguments[0], load);
                    case OURS -> new Ours(arguments[0], load);
                }) {
            System.out.println(publish(load, way));
        }
        System.exit(0);
    }

    private static String publish(Load load, Way way) {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long warm = load.records() / 4;
        long number = 0;
        for (; number < warm; number++) {
            way.send(load.samples().event(number));
        }
        way.awaitAcknowledged();
        long began = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        for (; number < load.records(); number++) {
            way.send(load.samples().event(number));
        }
        way.awaitAcknowledged();
        double events = load.records() - warm;
        return events / ((System.nanoTime() - began) / 1e9)
                + " "
                + (system.getProcessCpuTime() - cpu) / 1e9 / (events / 1e6);
    }

    private static final class Plain implements Way {

        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;

        Plain(String bootstrap, Load load) {
            this.producer = new KafkaProducer<>(TopicFiller.settings(bootstrap));
            this.topic = load.sampleTopic();
        }

        @Override
        public void send(Event event) {
            var _ = producer.send(TopicFiller.record(topic, event));
        }

        @Override
        public void awaitAcknowledged() {
            producer.flush();
        }

        @Override
        public void close() {
            producer.close(PATIENCE);
        }
    }

    private static final class Ours implements Way {

        private final KafkaPublisher kafka;
        private final EventPublisher publisher;

        Ours(String bootstrap, Load load) {
            var topics =
                    Map.of(
                            EventTopic.GPU_METRICS, load.sampleTopic(),
                            EventTopic.TOKEN_USAGE, load.usageTopic());
            this.kafka =
                    new KafkaPublisher(
                            new KafkaOptions(
                                    bootstrap,
                                    topics,
                                    "dead.letters.v1",
                                    Compression.LZ4,
                                    LINGER,
                                    BUFFER_BYTES,
                                    MAX_RECORD_BYTES,
                                    PATIENCE,
                                    PATIENCE),
                            Clock.systemUTC(),
                            new SimpleMeterRegistry());
            this.publisher = kafka.forSource("race");
            if (!publisher.awaitReady(() -> false)) {
                throw new IllegalStateException("nothing can be published");
            }
        }

        @Override
        public void send(Event event) {
            if (!publisher.publish(event, () -> false)) {
                throw new IllegalStateException("an event is not taken: " + kafka.failure());
            }
        }

        @Override
        public void awaitAcknowledged() {
            publisher.awaitDelivered(() -> false);
        }

        @Override
        public void close() {
            kafka.close();
        }
    }
}
