package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Relay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;

/** Passes bytes between clients and a server, until it is told to keep the answers. */
final class StallingRelay implements AutoCloseable {

    private static final int BUFFER_BYTES = 8192;

    private final ServerSocket clients = Relay.listen();
    private final Relay relay;
    private volatile boolean stalled;

    StallingRelay(int serverPort) {
        this.relay =
                new Relay(
                        clients,
                        serverPort,
                        (client, server) -> {
                            pass(client.getInputStream(), server.getOutputStream(), false);
                            pass(server.getInputStream(), client.getOutputStream(), true);
                        });
    }

    String url() {
        return "mongodb://127.0.0.1:" + clients.getLocalPort();
    }

    /** From now on no answer arrives. */
    void stall() {
        stalled = true;
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }

    private void pass(InputStream from, OutputStream to, boolean isAnswer) {
        Thread.startVirtualThread(
                () -> {
                    var buffer = new byte[BUFFER_BYTES];
                    try {
                        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                            if (!(isAnswer && stalled)) {
                                to.write(buffer, 0, read);
                            }
                        }
                    } catch (IOException ignored) {
                        // closed: the test is over
                    }
                });
    }
}
