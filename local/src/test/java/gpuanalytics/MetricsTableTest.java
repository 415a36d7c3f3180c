package gpuanalytics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table of metrics in docs/operations.md and the names in the code the same. */
class MetricsTableTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern IN_CODE =
            Pattern.compile(
                    "\"((?:processor|readings|rollup|event|duplicate|producer|placement)(?:\\.[a-z]+)+\\.?)\"");

    /** What service counts has the program's name before it. */
    private static final Pattern IN_SERVICE = Pattern.compile("program \\+ \"((?:\\.[a-z]+)+)\"");

    private static final Pattern IN_PAGE = Pattern.compile("`([a-z]+(?:\\.[a-z]+)+)`");

    @Test
    void thePageNamesEveryMetricAndNoOther() throws IOException {
        assertEquals(inCode(), inPage());
    }

    private static SortedSet<String> inPage() throws IOException {
        var names = new TreeSet<String>();
        var page = Files.readString(ROOT.resolve("docs/operations.md"));
        var section = page.substring(page.indexOf("## Metrics"), page.indexOf("## Indexes"));
        for (var line : section.lines().filter(row -> row.startsWith("| `")).toList()) {
            IN_PAGE.matcher(line.substring(0, line.indexOf('|', 1)))
                    .results()
                    .forEach(found -> names.add(found.group(1)));
        }
        return names;
    }

    private static SortedSet<String> inCode() throws IOException {
        var names = new TreeSet<String>();
        for (var module : List.of("processor", "producers", "placement")) {
            names.addAll(found(module, IN_CODE));
        }
        for (var program : List.of("processor", "producer", "door", "placement")) {
            found("service", IN_SERVICE).forEach(name -> names.add(program + name));
        }
        return names;
    }

    private static SortedSet<String> found(String module, Pattern pattern) throws IOException {
        var names = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
            for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                pattern.matcher(Files.readString(file))
                        .results()
                        .forEach(found -> names.add(found.group(1)));
            }
        }
        return names;
    }
}
