package gpuanalytics.bench.question;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionOptionsTest {

    @Test
    void nothingToldIsTheUsual() {
        assertEquals(
                new QuestionOptions(Optional.empty(), List.of(100_000L, 1_000_000L, 10_000_000L)),
                QuestionOptions.parse(List.of()));
    }

    @Test
    void aStoreAndNumbersAreTaken() {
        assertEquals(
                new QuestionOptions(
                        Optional.of("mongodb://127.0.0.1:1/"),
                        List.of(100_000L, 1_000_000L, 10_000_000L)),
                QuestionOptions.parse(List.of("--url", "mongodb://127.0.0.1:1/")));
        assertEquals(
                new QuestionOptions(Optional.of("mongodb://127.0.0.1:1/"), List.of(7L)),
                QuestionOptions.parse(List.of("--url", "mongodb://127.0.0.1:1/", "7")));
        assertEquals(
                new QuestionOptions(Optional.empty(), List.of(5L, 6L)),
                QuestionOptions.parse(List.of("5", "6")));
    }

    @ParameterizedTest
    @CsvSource({
        "--url, --url is empty",
        "--url 100000, --url is no address of a store",
        "0, EVENTS is 0",
        "-1, EVENTS is -1",
        "10 --url x, EVENTS is --url",
        "many, EVENTS is many",
    })
    void whatIsWrongIsNamed(String arguments, String line) {
        var told =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> QuestionOptions.parse(List.of(arguments.split(" "))));
        assertTrue(String.valueOf(told.getMessage()).startsWith(line), told.getMessage());
    }
}
