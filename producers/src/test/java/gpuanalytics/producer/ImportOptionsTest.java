package gpuanalytics.producer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportOptionsTest {

    private static ImportOptions parse(String line) {
        return ImportOptions.parse(Arrays.asList(line.trim().split(" ", -1)));
    }

    @Test
    void readsEveryOption() {
        assertEquals(
                new ImportOptions(
                        List.of(Path.of("a.csv"), Path.of("b,c.csv"), Path.of("--odd")),
                        Optional.of("kafka:9092"),
                        true,
                        Duration.ofSeconds(5)),
                parse("a.csv --bootstrap kafka:9092 --lenient --wait 5 b,c.csv -- --odd"));
        assertEquals(
                new ImportOptions(
                        List.of(Path.of("a")), Optional.empty(), false, Duration.ofMinutes(1)),
                parse("a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --lenient    | import names 0 files, expected 1 to 1000; --help tells more
                    a --loop     | --loop is not an option of import; --help lists them
                    a --wait     | --wait has no value
                    a --wait 0   | --wait is 0, expected whole seconds from 1 to 86400
                    a --wait 1.5 | --wait is 1.5, expected whole seconds from 1 to 86400
                    """)
    void refusesInOneLine(String line, String message) {
        assertEquals(
                message,
                assertThrows(ConfigurationException.class, () -> parse(line)).getMessage());
    }
}
