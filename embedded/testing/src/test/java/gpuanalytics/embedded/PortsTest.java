package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class PortsTest {

    /** Else a connection that anybody opens may take it before it is listened on. */
    @Test
    void aFreePortIsNoneThatTheSystemGivesToOutgoingConnections() throws Exception {
        var lowest = lowestOfOutgoing();

        for (int i = 0; i < 100; i++) {
            var port = Ports.free();
            assertTrue(port < lowest, port + " is not below " + lowest);
        }
    }

    /** A broker listens on two, of which one may be given and not yet be listened on. */
    @Test
    void aPortBesidesAnotherIsNotThatOne() {
        var seen = new BitSet();
        for (int i = 0; i < 100_000; i++) {
            seen.set(Ports.freeBesides(25_000));
        }

        assertFalse(seen.get(25_000));
    }

    private static int lowestOfOutgoing() throws IOException {
        var range = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
        if (!Files.exists(range)) {
            return 49_152; // not Linux
        }
        try (var reader = Files.newBufferedReader(range)) { // such a file is read at once or not
            return Integer.parseInt(reader.readLine().split("\\s+", 2)[0]);
        }
    }
}
