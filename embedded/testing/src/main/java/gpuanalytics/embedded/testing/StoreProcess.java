package gpuanalytics.embedded.testing;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A durable store in a process of its own, so that a test can kill it. */
public final class StoreProcess implements AutoCloseable {

    private static final int HEAP_MEBIBYTES = 256;

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
        return start(directory, port, HEAP_MEBIBYTES);
    }

    /** The same with another heap, in MiB. */
    public static StoreProcess start(Path directory, int port, int heapMebibytes)
            throws IOException {
        var process =
                JavaProcess.start(
                        StoreProcess.class,
                        List.of(
                                "-Xmx%dm".formatted(heapMebibytes),
                                // it lives for seconds
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC"),
                        List.of(directory.toString(), Integer.toString(port)));
        return new StoreProcess(process, process.awaitLine("store at ").substring(9));
    }

    public String url() {
        return url;
    }

    public int port() {
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    }

    /** What it has printed so far. */
    public List<String> output() {
        return process.output();
    }

    /** Waits for its end and returns its exit status. */
    public int awaitExit(Duration limit) throws InterruptedException {
        return process.awaitExit(limit);
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
                                .on(Integer.parseInt(arguments[1]))
                                .telling(StoreProcess::end));
        System.out.println("store at " + store.url());
    }

    private static void end(String why) {
        System.out.println(why);
        System.out.flush();
        Runtime.getRuntime().halt(1);
    }
}
