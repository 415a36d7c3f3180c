package gpuanalytics.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports on loopback. */
public final class Ports {

    private Ports() {}

    /** A port that nobody listens on now. */
    public static int free() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no free port", e);
        }
    }

    /**
     * Returns when one may listen on the port; 0 stands for any.
     *
     * @throws IllegalStateException naming the port and who wants it
     */
    public static void requireFree(int port, String wantedBy) {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port %d is taken, expected a free one for %s".formatted(port, wantedBy), e);
        }
    }
}
