package gpuanalytics.bench.process;

import gpuanalytics.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A broker in a process of its own, in a directory and, where it is said, on a port. Prints its
 * address and ends with its input; its log is kept, so that a topic is filled once.
 */
public final class BrokerMain {

    private static final long MAX_PARTITION_BYTES = 16L << 30;
    private static final Duration KEPT = Duration.ofDays(3650);

    private BrokerMain() {}

    public static void main(String[] arguments) throws IOException {
        var options =
                EmbeddedBroker.Options.defaults()
                        .in(Path.of(arguments[0]))
                        .on(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0)
                        .keeping(MAX_PARTITION_BYTES, KEPT);
        try (var broker = EmbeddedBroker.start(options)) {
            System.out.println(broker.bootstrapServers());
            while (System.in.read() >= 0) {
                // nothing is said to it
            }
        }
        System.exit(0);
    }
}
