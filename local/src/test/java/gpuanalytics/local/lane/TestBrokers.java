package gpuanalytics.local.lane;

import gpuanalytics.local.EmbeddedBroker;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.kafka.KafkaContainer;

/** Opens a broker of each lane. */
public final class TestBrokers {

    private static final String IMAGE = "apache/kafka:4.3.1";

    private TestBrokers() {}

    /**
     * A broker for one test class.
     *
     * @param bootstrapServers where it answers
     * @param onClose what ends it
     */
    public record TestBroker(String bootstrapServers, Runnable onClose) implements AutoCloseable {

        @Override
        public void close() {
            onClose.run();
        }
    }

    /** A broker of the lane; where there is none, the test is skipped and a line says so. */
    public static TestBroker open(Lane lane) {
        return switch (lane) {
            case EMBEDDED, DURABLE, GIVEN -> embedded();
            case DOCKER -> docker();
        };
    }

    private static TestBroker embedded() {
        var broker = EmbeddedBroker.start();
        return new TestBroker(broker.bootstrapServers(), broker::close);
    }

    private static TestBroker docker() {
        if (!Lane.hasDocker()) {
            Lane.sayAbsent("broker in Docker", "no Docker engine answers");
            Assumptions.abort("no Docker engine answers");
        }
        // The test that opened it closes it.
        @SuppressWarnings("resource")
        var container = new KafkaContainer(IMAGE).withStartupTimeout(Duration.ofMinutes(4));
        container.start();
        return new TestBroker(container.getBootstrapServers(), container::stop);
    }
}
