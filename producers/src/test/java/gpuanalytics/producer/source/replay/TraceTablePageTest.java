package gpuanalytics.producer.source.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.producer.source.replay.table.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tables of formats and of reasons in docs/operations.md say what the code says. Each stands
 * between {@code <!-- traces: name -->} and {@code <!-- end of traces -->}; {@code
 * -Ddocs.write=true} writes them.
 */
class TraceTablePageTest {

    private static final Path PAGE = Path.of("..", "docs", "operations.md");
    private static final String END = "<!-- end of traces -->";

    enum PageTable {
        FORMATS,
        REASONS;

        String rows() {
            return switch (this) {
                case FORMATS ->
                        "| format | known by the columns | model or GPU name | what to know |"
                                + " source |\n"
                                + "| --- | --- | --- | --- | --- |\n"
                                + Arrays.stream(TraceFormat.values())
                                        .map(TraceFormat::tableRow)
                                        .collect(Collectors.joining("\n"));
                case REASONS ->
                        "| reason | a row is dropped because |\n| --- | --- |\n"
                                + Arrays.stream(DropReason.values())
                                        .map(
                                                reason ->
                                                        "| `%s` | %s |"
                                                                .formatted(
                                                                        reason.label(),
                                                                        reason.meaning()))
                                        .collect(Collectors.joining("\n"));
            };
        }

        String start() {
            return "<!-- traces: " + name().toLowerCase(java.util.Locale.ROOT) + " -->";
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePageHasEveryRow(PageTable table) throws IOException {
        var page = Files.readString(PAGE);
        var block =
                Pattern.compile(Pattern.quote(table.start()) + "\n(.*?)\n" + END, Pattern.DOTALL);
        if (Boolean.getBoolean("docs.write")) {
            var text = table.start() + "\n" + table.rows() + "\n" + END;
            Files.writeString(
                    PAGE, block.matcher(page).replaceFirst(Matcher.quoteReplacement(text)));
            return;
        }
        var found = block.matcher(page);

        assertEquals(
                table.rows(),
                found.find() ? found.group(1) : "no " + table.start() + " in " + PAGE,
                "write it anew with -Ddocs.write=true");
    }
}
