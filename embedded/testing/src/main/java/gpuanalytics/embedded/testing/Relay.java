package gpuanalytics.embedded.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between clients and a server on loopback; what passes is the test's to say. */
public final class Relay implements AutoCloseable {

    /** Passes what goes through one connection, in threads of its own. */
    public interface Link {
        void join(Socket client, Socket server) throws IOException;
    }

    private final ServerSocket clients;
    private final int serverPort;
    private final Link link;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Begins to take clients, who may have come before. */
    public Relay(ServerSocket clients, int serverPort, Link link) {
        this.clients = clients;
        this.serverPort = serverPort;
        this.link = link;
        Thread.startVirtualThread(this::accept);
    }

    /** Where clients come to, at a free port. */
    public static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
                link.join(client, server);
            }
        } catch (IOException ignored) {
            // closed: the test is over
        }
    }
}
