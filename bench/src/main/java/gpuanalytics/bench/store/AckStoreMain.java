package gpuanalytics.bench.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * An acknowledging store in a process of its own; before another one where its arguments are that
 * one's host and port. It prints its port, then answers each line of its input with one line, and
 * ends with its input.
 */
public final class AckStoreMain {

    private static final ObjectMapper JSON = new ObjectMapper();

    private AckStoreMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var store = start(arguments);
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            System.out.println(store.port());
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(store, line.split(" ", -1)));
            }
        }
        System.exit(0);
    }

    private static AckStore start(String[] arguments) throws IOException {
        return arguments.length == 0
                ? AckStore.start()
                : AckStore.before(
                        new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
    }

    private static String answer(AckStore store, String[] words) throws IOException {
        return switch (words[0]) {
            case "counts" -> JSON.writeValueAsString(store.counts(false));
            case "latencies" -> JSON.writeValueAsString(store.counts(true));
            case "reset" -> {
                store.reset();
                yield "reset";
            }
            case "delay" -> {
                store.delay(Duration.ofMillis(Long.parseLong(words[1])));
                yield "delay";
            }
            case "sample" -> {
                store.sampleEvery(Integer.parseInt(words[1]));
                yield "sample";
            }
            default -> throw new IOException("no such request: " + words[0]);
        };
    }
}
