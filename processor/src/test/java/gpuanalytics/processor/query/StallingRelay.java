package gpuanalytics.processor.query;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes bytes between clients and a server, until it is told to keep the answers. */
final class StallingRelay implements AutoCloseable {

    private static final int BUFFER_BYTES = 8192;

    private final ServerSocket clients;
    private final int serverPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stalled;

    StallingRelay(int serverPort) {
        this.serverPort = serverPort;
        try {
            this.clients = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
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
        clients.close();
        for (var socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = clients.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                open.add(client);
                open.add(server);
                pass(client.getInputStream(), server.getOutputStream(), false);
                pass(server.getInputStream(), client.getOutputStream(), true);
            }
        } catch (IOException ignored) {
            // closed: the test is over
        }
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
