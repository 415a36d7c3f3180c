package gpuanalytics.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.producer.receive.DoorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: what it prints before anything is published, and its exit code. */
class ProducerMainTest {

    @TempDir Path directory;

    /** How a process ended. */
    private record Ended(int exitCode, String out, String err) {}

    private Ended run(Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ProducerMain.class.getName()));
        command.addAll(List.of(options));
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "ends by itself");
        } finally {
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    @Test
    void refusesATraceThatDoesNotExist() throws Exception {
        var file = directory.resolve("none.csv");

        var ended = run(Map.of("SOURCE", "replay", "REPLAY_FILES", file.toString()));

        assertEquals(2, ended.exitCode());
        assertEquals(file + " does not exist, expected a trace\n", ended.err());
    }

    @Test
    void refusesABadEnvironmentWithEveryError() throws Exception {
        var ended = run(Map.of("RATE", "abc", "HTTP_PORT", "-1"));

        assertEquals(
                new Ended(
                        2,
                        "",
                        """
                        RATE is abc, expected a number from 0.1 to 1000000
                        HTTP_PORT is -1, expected a whole number from 0 to 65535
                        """),
                ended);
    }

    @Test
    void refusesAnUnknownOption() throws Exception {
        assertEquals(
                new Ended(2, "", "unknown option --fast, expected --help or --check-config\n"),
                run(Map.of(), "--fast"));
    }

    @Test
    void theHelpNamesTheDoors() throws Exception {
        var help = run(Map.of(), "--help");

        assertEquals(0, help.exitCode());
        var doors =
                Arrays.stream(DoorKind.values())
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(","));
        assertTrue(help.out().contains("doors (DOORS=" + doors + ")"), help.out());
    }

    @Test
    void theSubCommandImportSaysHowItIsUsed() throws Exception {
        var help = run(Map.of(), "import", "--help");
        var refused = run(Map.of(), "import", "--fast");

        assertEquals(0, help.exitCode());
        assertTrue(help.out().contains("import [options] FILE..."), help.out());
        assertEquals(
                new Ended(2, "", "--fast is not an option of import; --help lists them\n"),
                refused);
    }

    @Test
    void whatAVariableHoldsDoesNotReachTheTerminal() throws Exception {
        var ended = run(Map.of("RATE", "\u001b[2J5"));

        assertEquals(
                new Ended(2, "", "RATE is \\u001b[2J5, expected a number from 0.1 to 1000000\n"),
                ended);
    }

    @Test
    void checksTheConfigurationAlone() throws Exception {
        assertEquals(new Ended(0, "configuration is valid\n", ""), run(Map.of(), "--check-config"));
    }
}
