package gpuanalytics.bench.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.bench.doors.LoadOptions.Door;
import gpuanalytics.bench.doors.LoadOptions.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoadOptionsTest {

    private static LoadOptions parse(String line) {
        return LoadOptions.parse(line.isEmpty() ? new String[0] : line.split(" "));
    }

    @Test
    void startsItsOwnDoorsByDefault() {
        var options = parse("");
        assertEquals(Door.GRPC, options.door());
        assertEquals(List.of(), options.targets());
        assertEquals(3, options.doors());
        assertEquals(Optional.empty(), options.killEvery());
    }

    @Test
    void takesTimesTargetsAndNoRate() {
        var options =
                parse(
                        "--targets 127.0.0.1:1,[::1]:2 --api http://localhost:8080 --rate max"
                                + " --settle 500ms");
        assertEquals(
                List.of(new Target("127.0.0.1", 1), new Target("[::1]", 2)), options.targets());
        assertEquals(0, options.perSecond());
        assertEquals(Duration.ofMillis(500), options.settle());
    }

    @Test
    void ofAnOptionOfTheJvmsEachCounts() {
        assertEquals(
                List.of("-XX:+UseSerialGC", "-Xint"),
                parse("--jvm -XX:+UseSerialGC --jvm -Xint").jvm());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --calls 0                                                | --calls
                    --calls 5 --warm-up 5                                    | --warm-up is 5, expected less than the 5 of --calls
                    --door carrier                                           | --door is carrier
                    --kill-every 30                                          | --kill-every is 30
                    --targets 127.0.0.1:1                                    | --targets and --api
                    --targets x --api http://127.0.0.1:1                     | HOST:PORT
                    --targets 127.0.0.1:1 --api 127.0.0.1:1                  | --api is
                    --targets 127.0.0.1:1 --api http://127.0.0.1:1 --jfr     | --jfr is for
                    --targets 127.0.0.1:1 --api http://127.0.0.1:1 --jvm -Xint | --jvm is for
                    --targets 192.0.2.1:1 --api http://127.0.0.1:1           | 192.0.2.1 is not on loopback
                    --targets 127.0.0.1:1 --api http://192.0.2.1:1           | 192.0.2.1 is not on loopback
                    --token-file /no/such/file                               | --token-file
                    """)
    void namesWhatIsWrong(String line, String expected) {
        var failure = assertThrows(IllegalArgumentException.class, () -> parse(line));
        var message = failure.getMessage();
        assertTrue(message != null && message.contains(expected), message);
    }

    @Test
    void goesBeyondLoopbackWhereThatIsMeant() {
        var options = parse("--targets 192.0.2.1:1 --api http://192.0.2.1:1 --anywhere");
        assertEquals(List.of(new Target("192.0.2.1", 1)), options.targets());
    }
}
