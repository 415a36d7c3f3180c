package gpuanalytics.embedded.testing;

import com.github.dockerjava.api.command.CreateContainerCmd;
import gpuanalytics.embedded.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
        var container =
                new KafkaContainer(IMAGE)
                        .withStartupTimeout(Duration.ofMinutes(4))
                        .withCreateContainerCmdModifier(TestBrokers::makeConfigurationWritable);
        container.start();
        return new TestBroker(container.getBootstrapServers(), container::stop);
    }

    /**
     * The image's start script writes over its own configuration files, which fails where the image
     * was built from files that nobody may write.
     */
    private static void makeConfigurationWritable(CreateContainerCmd command) {
        var given = List.of(Objects.requireNonNull(command.getCmd(), "the container's command"));
        if (given.size() != 3 || !given.subList(0, 2).equals(List.of("sh", "-c"))) {
            throw new IllegalStateException("the container's command is not a script: " + given);
        }
        command.withCmd("sh", "-c", "chmod -R u+w /opt/kafka/config; " + given.getLast());
    }
}
