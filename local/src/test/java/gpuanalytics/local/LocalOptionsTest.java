package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.local.LocalOptions.Source;
import gpuanalytics.service.config.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalOptionsTest {

    @Test
    void runsAFleetOnTheUsualPortByDefault() {
        assertEquals(
                new LocalOptions(
                        Source.SYNTHETIC,
                        List.of(),
                        "1",
                        false,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        8080,
                        false,
                        true,
                        false,
                        false),
                LocalOptions.parse(List.of()));
    }

    @Test
    void readsEveryOption() {
        var line =
                "--source replay --file a.csv --file b.csv --speed max --once --lenient --port 0";

        assertEquals(
                new LocalOptions(
                        Source.REPLAY,
                        List.of("a.csv", "b.csv"),
                        "max",
                        false,
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        true,
                        false,
                        false,
                        false),
                LocalOptions.parse(List.of(line.split(" "))));
        var fleet = LocalOptions.parse(List.of("--rate", "0.5", "--seconds", "3"));
        assertEquals(Optional.of(0.5), fleet.rate());
        assertEquals(Optional.of(3), fleet.seconds());
        assertFalse(LocalOptions.parse(List.of("--doors", "off")).doors());
        var demo = LocalOptions.parse(List.of("--demo", "--open"));
        assertTrue(demo.demo() && demo.open() && demo.doors());
    }

    @Test
    void takesAFileForAReplay() {
        assertEquals(Source.REPLAY, LocalOptions.parse(List.of("--file", "a.csv")).source());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --colour                      | --colour is not an option; --help lists them
                    -h                            | -h is not an option; --help lists them
                    --port                        | --port has no value
                    --doors ajar                  | --doors is ajar, expected on or off
                    --port http                   | --port is http, expected a number from 0 to 65535
                    --port 65536                  | --port is 65536, expected a number from 0 to 65535
                    --port 80.5                   | --port is 80.5, expected a number from 0 to 65535
                    --rate 0                      | --rate is 0, expected a number from 0.1 to 1000000
                    --rate NaN                    | --rate is NaN, expected a number from 0.1 to 1000000
                    --seconds 0                   | --seconds is 0, expected a number from 1 to 31536000
                    --source kafka                | --source is kafka, expected synthetic or replay
                    --source replay               | --source is replay, expected at least one --file
                    --source synthetic --file a   | --file is a, expected none with --source synthetic
                    --speed max                   | --speed and --loop are for --source replay
                    --file a --speed fast         | --speed is fast, expected a number from 0.001 to 1000000 or max
                    --lenient                     | --lenient is for --source replay, a fleet has no rows
                    --once                        | --once is for --source replay, a fleet never ends
                    --demo --file a               | --demo is for --source synthetic, a replay has its own days
                    --file a --once --loop        | --once and --loop are both given, expected one of them
                    --file a,b                    | --file is a,b, expected a file whose name has no comma
                    """)
    void refusesInOneLine(String line, String message) {
        var thrown =
                assertThrows(
                        ConfigurationException.class,
                        () -> LocalOptions.parse(List.of(line.trim().split(" "))));

        assertEquals(message, thrown.getMessage());
    }
}
