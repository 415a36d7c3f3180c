package gpuanalytics.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports on loopback. */
public final class Ports {

    private static final PortBlocks BLOCKS = new PortBlocks();

    private Ports() {}

    /**
     * A port that nobody listens on now, and that no outgoing connection will take before somebody
     * does, or while a server that listened there is down. Nobody else is given it in this process,
     * nor in another of this user as long as this one lives.
     */
    public static int free() {
        for (var port = BLOCKS.next(); ; port = BLOCKS.next()) {
            if (isFree(port)) {
                return port;
            }
        }
    }

    /** The same, and another than the given one, which somebody else chose. */
    static int freeBesides(int other) {
        var port = free();
        return port == other ? free() : port;
    }

    private static boolean isFree(int port) {
        try {
            listen(port);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static void listen(int port) throws IOException {
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    /**
     * Returns when one may listen on the port; 0 stands for any.
     *
     * @throws IllegalStateException naming the port and who wants it
     */
    public static void requireFree(int port, String wantedBy) {
        try {
            listen(port);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port %d is taken, expected a free one for %s".formatted(port, wantedBy), e);
        }
    }
}
