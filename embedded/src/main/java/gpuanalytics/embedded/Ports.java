package gpuanalytics.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on loopback. */
public final class Ports {

    /** Below the ports that systems give to outgoing connections, 32768 and up or 49152 and up. */
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 29_999;
    private static final int ATTEMPTS = 1000;

    private Ports() {}

    /**
     * A port that nobody listens on now, and that no outgoing connection will take before somebody
     * does, or while a server that listened there is down.
     */
    public static int free() {
        return freeBesides(0);
    }

    /** The same, and another than the given one, which somebody will listen on soon. */
    static int freeBesides(int other) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (port != other && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "no port from %d to %d is free, expected one".formatted(LOWEST, HIGHEST));
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
