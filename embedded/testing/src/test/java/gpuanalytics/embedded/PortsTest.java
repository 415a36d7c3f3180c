package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {

    private static final int EACH = 120;
    private static final String GIVEN = "given ";

    /** Else a connection that anybody opens may take it before it is listened on. */
    @Test
    void aFreePortIsNoneThatTheSystemGivesToOutgoingConnections() throws Exception {
        var lowest = lowestOfOutgoing();

        for (int i = 0; i < 100; i++) {
            var port = Ports.free();
            assertTrue(port < lowest, port + " is not below " + lowest);
        }
    }

    /** Else somebody else's server comes up where one is down for a moment. */
    @Test
    void noPortIsGivenTwice() {
        var given = IntStream.range(0, EACH).mapToObj(_ -> Ports.free()).toList();

        assertEquals(EACH, Set.copyOf(given).size(), given.toString());
    }

    @Test
    void noPortIsGivenInTwoProcessesSideBySide() throws Exception {
        var processes = new ArrayList<JavaProcess>();
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(JavaProcess.start(PortsTest.class, List.of(), List.of()));
            }
            var given = new ArrayList<String>();
            for (var process : processes) {
                var line = process.awaitLine(GIVEN).substring(GIVEN.length());
                given.addAll(List.of(line.split(" ")));
            }

            assertEquals(3 * EACH, given.size());
            assertEquals(given.size(), Set.copyOf(given).size(), given.toString());
        } finally {
            processes.forEach(JavaProcess::close);
        }
    }

    /** A broker listens on two, of which a user may have chosen one. */
    @Test
    void aPortBesidesAnotherIsNotThatOne() {
        for (int i = 0; i < EACH; i++) {
            var likely = Ports.free() + 1;

            assertNotEquals(likely, Ports.freeBesides(likely));
        }
    }

    /** In a child, which lives on: all of them would like the same ones. */
    public static void main(String[] arguments) throws IOException {
        var blocks = new PortBlocks(0);
        System.out.println(
                IntStream.range(0, EACH)
                        .mapToObj(_ -> Integer.toString(blocks.next()))
                        .collect(Collectors.joining(" ", GIVEN, "")));
        while (System.in.read() >= 0) {
            // nothing is said to it: it ends with whoever started it
        }
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
