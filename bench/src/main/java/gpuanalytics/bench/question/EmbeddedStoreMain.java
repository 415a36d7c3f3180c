package gpuanalytics.bench.question;

import gpuanalytics.embedded.EmbeddedStore;
import java.io.IOException;

/** The embedded store in a process of its own. Prints its address and ends with its input. */
public final class EmbeddedStoreMain {

    private EmbeddedStoreMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var store = EmbeddedStore.start()) {
            System.out.println(store.url());
            while (System.in.read() >= 0) {
                // nothing is said to it
            }
        }
        System.exit(0);
    }
}
