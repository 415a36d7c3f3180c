package gpuanalytics.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentReaderTest {

    private enum Colour {
        RED,
        GREEN
    }

    private static final List<String> SCHEMES = List.of("mongodb", "mongodb+srv");

    @Test
    void unsetAndEmptyVariablesHaveTheirDefaults() {
        var reader = new EnvironmentReader(Map.of("EMPTY", "", "BLANK", "  "));

        assertEquals("a", reader.text("EMPTY", "a", ""));
        assertEquals(7, reader.integer("BLANK", 7, 0, 9, ""));
        assertEquals(0.5, reader.number("UNSET", 0.5, 0, 1, ""));
        assertEquals(Optional.empty(), reader.number("UNSET_OPTIONAL", 0, 1, ""));
        assertEquals(Colour.GREEN, reader.choice("COLOUR", Colour.GREEN, ""));
        assertEquals(List.of(), reader.list("LIST", ""));
        assertEquals(List.of(), reader.errors());
    }

    @Test
    void readsEveryType() {
        var reader =
                new EnvironmentReader(
                        Map.of(
                                "COUNT", "1e3",
                                "SHARE", "0.25",
                                "AGE_MS", "1500",
                                "SIZE", "8 MiB",
                                "COLOUR", "red",
                                "ON", "true",
                                "FILES", "a.csv, b.csv,",
                                "KAFKA", "one:9092, [::1]:9093",
                                "TOPIC", "gpu.metrics.v1"));

        assertEquals(1000, reader.integer("COUNT", 1, 0, 2000, ""));
        assertEquals(0.25, reader.number("SHARE", 1, 0, 1, ""));
        assertEquals(
                Duration.ofMillis(1500),
                reader.duration("AGE_MS", ChronoUnit.MILLIS, 200, 1, 10_000, ""));
        assertEquals(8 << 20, reader.bytes("SIZE", 1, 1, 1L << 30, ""));
        assertEquals(Colour.RED, reader.choice("COLOUR", Colour.GREEN, ""));
        assertTrue(reader.flag("ON", false, ""));
        assertEquals(List.of("a.csv", "b.csv"), reader.list("FILES", ""));
        assertEquals("one:9092,[::1]:9093", reader.addresses("KAFKA", "localhost:9092", ""));
        assertEquals("gpu.metrics.v1", reader.topic("TOPIC", "t", ""));
        reader.check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    abc    | RATE is abc, expected a number of at least 0.1
                    0      | RATE is 0, expected a number of at least 0.1
                    -1     | RATE is -1, expected a number of at least 0.1
                    NaN    | RATE is NaN, expected a number of at least 0.1
                    1e9999 | RATE is 1e9999, expected a number of at least 0.1
                    """)
    void refusesBadNumbers(String value, String error) {
        var reader = new EnvironmentReader(Map.of("RATE", value));

        assertEquals(200, reader.number("RATE", 200, 0.1, Double.MAX_VALUE, ""));

        assertEquals(List.of(error), reader.errors());
    }

    @Test
    void reportsAllErrorsTogether() {
        var reader =
                new EnvironmentReader(
                        Map.of(
                                "BATCH", "0",
                                "HALF", "1.5",
                                "SIZE", "8 MB",
                                "COLOUR", "RED",
                                "ON", "yes",
                                "KAFKA", "kafka",
                                "TOPIC", "a b",
                                "PORT", "70000"));

        reader.integer("BATCH", 20, 1, Integer.MAX_VALUE, "");
        reader.integer("HALF", 1, 1, 9, "");
        reader.bytes("SIZE", 1024, 1, 1 << 20, "");
        reader.choice("COLOUR", Colour.RED, "");
        reader.flag("ON", true, "");
        reader.addresses("KAFKA", "localhost:9092", "");
        reader.topic("TOPIC", "t", "");
        reader.port("PORT", 8080, "");

        var failure = assertThrows(ConfigurationException.class, reader::check);
        assertEquals(
                List.of(
                        "BATCH is 0, expected a whole number from 1 to 2147483647",
                        "HALF is 1.5, expected a whole number from 1 to 9",
                        "SIZE is 8 MB, expected bytes such as 8388608 or 8 MiB, from 1 to 1 MiB",
                        "COLOUR is RED, expected red or green",
                        "ON is yes, expected true or false",
                        "KAFKA is kafka, expected host:port, several separated by commas",
                        "TOPIC is a b, expected a topic name: up to 249 of A-Z a-z 0-9 . _ -",
                        "PORT is 70000, expected a whole number from 0 to 65535"),
                failure.errors());
    }

    @Test
    void twoVariablesDoNotNameOneTopic() {
        var reader = new EnvironmentReader(Map.of("TOPIC_A", "b", "TOPIC_C", "c"));

        reader.topic("TOPIC_A", "a", "");
        reader.topic("TOPIC_B", "b", "");
        reader.topic("TOPIC_C", "d", "");
        reader.topic("TOPIC_D", "c", "");

        assertEquals(
                List.of(
                        "TOPIC_B is b, expected another topic than that of TOPIC_A",
                        "TOPIC_D is c, expected another topic than that of TOPIC_C"),
                reader.errors());
    }

    @Test
    void remembersWhatItWasAskedFor() {
        var reader = new EnvironmentReader(Map.of());

        reader.bytes("SIZE", 8 << 20, 1, 1 << 30, "Bytes kept");
        reader.secretUrl("MONGO_URL", "mongodb://localhost", SCHEMES, "The store");

        assertEquals(
                List.of(
                        new Variable("SIZE", "8 MiB", "Bytes kept"),
                        new Variable("MONGO_URL", "mongodb://localhost", "The store"),
                        new Variable(
                                "MONGO_URL_FILE",
                                "",
                                "A file that holds MONGO_URL, instead of it")),
                reader.declared());
    }

    @Test
    void neverPrintsASecret() {
        var reader = new EnvironmentReader(Map.of("MONGO_URL", "http://user:hunter2@host"));

        var url = reader.secretUrl("MONGO_URL", "mongodb://localhost", SCHEMES, "");

        assertEquals(
                List.of(
                        "MONGO_URL (not shown) is not a URL, expected mongodb://… or"
                                + " mongodb+srv://…"),
                reader.errors());
        assertEquals("mongodb://localhost", url.reveal());
        assertFalse(new Secret("hunter2").toString().contains("hunter2"));
    }

    @Test
    void readsASecretFromAFile(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("url"), "mongodb://user:pw@host/\n");
        var reader = new EnvironmentReader(Map.of("MONGO_URL_FILE", file.toString()));

        var url = reader.secretUrl("MONGO_URL", "mongodb://localhost", SCHEMES, "");

        assertEquals("mongodb://user:pw@host/", url.reveal());
        reader.check();
    }

    @Test
    void refusesASecretFileThatCannotBeUsed(@TempDir Path directory) throws IOException {
        var empty = Files.createFile(directory.resolve("empty"));
        var missing = directory.resolve("missing");
        var reader =
                new EnvironmentReader(
                        Map.of(
                                "A_FILE", empty.toString(),
                                "B_FILE", missing.toString(),
                                "C", "mongodb://host",
                                "C_FILE", empty.toString()));

        for (var name : List.of("A", "B", "C")) {
            reader.secretUrl(name, "mongodb://localhost", SCHEMES, "");
        }

        assertEquals(
                List.of(
                        "A_FILE is %s, expected a file that is not empty".formatted(empty),
                        "B_FILE is %s, expected a readable file of at most 64 KiB"
                                .formatted(missing),
                        "C and C_FILE are both set, expected one of them"),
                reader.errors());
    }

    @Test
    void aVariableIsReadOnce() {
        var reader = new EnvironmentReader(Map.of());
        reader.flag("ON", true, "");

        assertThrows(IllegalStateException.class, () -> reader.flag("ON", true, ""));
    }
}
