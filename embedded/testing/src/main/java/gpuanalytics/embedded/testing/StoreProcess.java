package gpuanalytics.embedded.testing;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A durable store in a process of its own, so that a test can kill it. */
public final class StoreProcess implements AutoCloseable {

    private final JavaProcess process;
    private final String url;

    private StoreProcess(JavaProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts one on a port that stays free for it when it is killed. */
    public static StoreProcess start(Path directory) throws IOException {
        return start(directory, Ports.free());
    }

    /** Starts one on a port and returns once it takes commands. */
    public static StoreProcess start(Path directory, int port) throws IOException {
        var process =
                JavaProcess.start(
                        StoreProcess.class,
                        List.of("-Xmx256m"),
                        List.of(directory.toString(), Integer.toString(port)));
        return new StoreProcess(process, process.awaitLine("store at ").substring(9));
    }

    public String url() {
        return url;
    }

    public int port() {
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.kill();
    }

    public static void main(String[] arguments) {
        var store =
                EmbeddedStore.start(
                        EmbeddedStore.Options.defaults()
                                .in(Path.of(arguments[0]))
                                .on(Integer.parseInt(arguments[1])));
        System.out.println("store at " + store.url());
    }
}
