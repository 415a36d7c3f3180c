package gpuanalytics.processor;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker in a process of its own, so that it can be killed, and stopped as if it hung. */
final class BrokerProcess implements AutoCloseable {

    private static final String READY = "takes requests";

    private final Path directory;
    private final int port = Ports.free();
    private JavaProcess process;

    /** Its data lies in the directory; it is up when this returns. */
    BrokerProcess(Path directory) throws IOException {
        this.directory = directory;
        this.process = start();
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    void kill() {
        process.kill();
    }

    /** It stays connected and says nothing. */
    void hang() throws Exception {
        signal("-STOP");
    }

    /** At the same port, with the data of before. */
    void comeBack() throws Exception {
        if (process.isAlive()) {
            signal("-CONT");
        } else {
            process = start();
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private JavaProcess start() throws IOException {
        var arguments = List.of(directory.toString(), Integer.toString(port));
        var started = JavaProcess.start(BrokerProcess.class, List.of("-Xmx256m"), arguments);
        started.awaitLine(READY);
        return started;
    }

    private void signal(String signal) throws Exception {
        var pid = Long.toString(process.pid());
        if (new ProcessBuilder("kill", signal, pid).start().waitFor() != 0) {
            throw new AssertionError("no " + signal + " to " + pid);
        }
    }

    /** In the child: the directory and the port. */
    public static void main(String[] arguments) throws Exception {
        var options =
                EmbeddedBroker.Options.defaults()
                        .in(Path.of(arguments[0]))
                        .on(Integer.parseInt(arguments[1]));
        try (var _ = EmbeddedBroker.start(options)) {
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // nothing is said to it: it ends with whoever started it
            }
        }
    }
}
