package gpuanalytics.bench.process;

import gpuanalytics.embedded.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A store in a process of its own, in a directory. Prints its address and ends with its input. Its
 * indexes lie in its heap, so each collection of raw events keeps as many of the latest as half of
 * the heap holds: a load is as long as it likes.
 */
public final class StoreMain {

    private static final int PARTS_OF_THE_HEAP = 2;

    private StoreMain() {}

    public static void main(String[] arguments) throws IOException {
        long most = Runtime.getRuntime().maxMemory() / PARTS_OF_THE_HEAP;
        var options =
                EmbeddedStore.Options.defaults()
                        .in(Path.of(arguments[0]))
                        .keeping(Map.of("gpu_metrics", most, "token_usage", most))
                        .telling(StoreMain::end);
        try (var store = EmbeddedStore.start(options)) {
            System.out.println(store.url());
            while (System.in.read() >= 0) {
                // nothing is said to it
            }
        }
        System.exit(0);
    }

    /** Without an orderly end: what it waits for may never come. */
    private static void end(String why) {
        System.err.println(why);
        System.err.flush();
        Runtime.getRuntime().halt(1);
    }
}
