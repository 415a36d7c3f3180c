package gpuanalytics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.local.LocalConfig;
import gpuanalytics.placement.PlacementConfig;
import gpuanalytics.processor.ProcessorConfig;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.config.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The configuration tables of docs/operations.md say what the code says. Each stands between {@code
 * <!-- configuration: name -->} and {@code <!-- end of configuration -->}; {@code
 * -Ddocs.write=true} writes them.
 */
class ConfigurationTableTest {

    private static final Path PAGE = Path.of("..", "docs", "operations.md");
    private static final String END = "<!-- end of configuration -->";

    enum Program {
        PROCESSOR(ProcessorConfig::read),
        PRODUCERS(ProducerConfig::read),
        PLACEMENT(PlacementConfig::read),
        LOCAL(LocalConfig::read);

        @SuppressWarnings("ImmutableEnumChecker") // method references, which hold nothing
        private final Consumer<EnvironmentReader> read;

        Program(Consumer<EnvironmentReader> read) {
            this.read = read;
        }

        List<Variable> variables() {
            var reader = new EnvironmentReader(Map.of());
            read.accept(reader);
            return reader.declared();
        }

        String start() {
            return "<!-- configuration: " + name().toLowerCase(java.util.Locale.ROOT) + " -->";
        }
    }

    @ParameterizedTest
    @EnumSource
    void documentsEveryVariableWithItsDefault(Program program) throws IOException {
        var page = Files.readString(PAGE);
        var table = table(program.variables());
        var block =
                Pattern.compile(Pattern.quote(program.start()) + "\n(.*?)" + END, Pattern.DOTALL);
        if (Boolean.getBoolean("docs.write")) {
            var written =
                    block.matcher(page)
                            .replaceFirst(
                                    match ->
                                            Matcher.quoteReplacement(
                                                    program.start() + "\n" + table + END));
            Files.writeString(PAGE, written);
            return;
        }
        var found = block.matcher(page);

        assertEquals(
                table,
                found.find() ? found.group(1) : "no " + program.start() + " in " + PAGE,
                "write it anew with -Ddocs.write=true");
    }

    private static String table(List<Variable> variables) {
        var table = new StringBuilder("| variable | default | what it is |\n| --- | --- | --- |\n");
        for (var variable : variables) {
            table.append(
                    "| `%s` | %s | %s |\n"
                            .formatted(
                                    variable.name(),
                                    variable.defaultValue().isEmpty()
                                            ? ""
                                            : "`" + variable.defaultValue() + "`",
                                    variable.description().replace("|", "\\|")));
        }
        return table.toString();
    }
}
