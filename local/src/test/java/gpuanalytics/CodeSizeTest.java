package gpuanalytics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Methods and files of what is shipped stay short enough to be read at one go. */
final class CodeSizeTest {

    private static final Path ROOT = Path.of("..");
    private static final int MAX_METHOD_LINES = 40;
    private static final int MAX_FILE_LINES = 350;

    /** Longer files that are one thing, each with the reason. */
    private static final Map<String, String> ONE_THING =
            Map.of(
                    "GpuMetric.java", "the table of a sample's fields, an entry after the other",
                    "NativeNvml.java", "the driver's functions, each with its native signature");

    /** A method and what is around it, longer than it may be. */
    private record Method(String file, String name, long lines) {

        @Override
        public String toString() {
            return "%s: %s has %d lines".formatted(file, name, lines);
        }
    }

    @Test
    void noMethodIsLongerThanAScreen() throws IOException {
        var sources = mainSources().stream().map(CodeSizeTest::source).toList();

        assertEquals(List.of(), longMethods(sources));
    }

    @Test
    void noFileIsLongUnlessItIsOneThing() throws IOException {
        var tooLong = new TreeMap<String, Long>();
        for (var path : mainSources()) {
            long lines = Files.readString(path).lines().count();
            if (lines > MAX_FILE_LINES) {
                tooLong.put(path.getFileName().toString(), lines);
            }
        }

        assertEquals(new TreeMap<>(ONE_THING).keySet(), tooLong.keySet(), tooLong::toString);
    }

    @Test
    void countsAMethodFromItsFirstAnnotationToItsLastBrace() throws IOException {
        var head =
                """
                class Sample {
                  /**
                   * Long words.
                   */
                  @Override
                  public void run() {
                """;
        var body = "    run();\n";
        var tail = "  }\n}\n";

        int allowed = MAX_METHOD_LINES - 3;
        assertEquals(
                List.of(), longMethods(List.of(source("A", head + body.repeat(allowed) + tail))));
        assertEquals(
                List.of(new Method("B", "run", MAX_METHOD_LINES + 1)),
                longMethods(List.of(source("B", head + body.repeat(allowed + 1) + tail))));
    }

    /** The files of every module, wherever it stands in the first two folders. */
    private static List<Path> mainSources() throws IOException {
        var sources = new ArrayList<Path>();
        for (var folder : below(ROOT, 2)) {
            var main = folder.resolve("src/main/java");
            if (Files.isDirectory(main)) {
                below(main, Integer.MAX_VALUE).stream()
                        .filter(file -> file.toString().endsWith(".java"))
                        .forEach(sources::add);
            }
        }
        assertTrue(sources.size() > 100, () -> "only " + sources);
        return sources;
    }

    private static List<Path> below(Path folder, int depth) throws IOException {
        try (var paths = Files.walk(folder, depth)) {
            return paths.sorted().toList();
        }
    }

    private static List<Method> longMethods(List<? extends JavaFileObject> sources)
            throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(null, null, null, null, null, sources);
        var positions = Trees.instance(task).getSourcePositions();
        var found = new ArrayList<Method>();
        for (var file : task.parse()) {
            new LongMethods(file, positions, found).scan(file, null);
        }
        return found;
    }

    private static final class LongMethods extends TreeScanner<Void, Void> {
        private final CompilationUnitTree file;
        private final SourcePositions positions;
        private final List<Method> found;

        LongMethods(CompilationUnitTree file, SourcePositions positions, List<Method> found) {
            this.file = file;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            var map = file.getLineMap();
            long first = map.getLineNumber(positions.getStartPosition(file, method));
            long last = map.getLineNumber(positions.getEndPosition(file, method));
            long lines = last - first + 1;
            if (lines > MAX_METHOD_LINES) {
                var name = file.getSourceFile().getName();
                found.add(
                        new Method(
                                name.substring(name.lastIndexOf('/') + 1),
                                method.getName().toString(),
                                lines));
            }
            return super.visitMethod(method, null);
        }
    }

    private static JavaFileObject source(Path path) {
        try {
            return source(path.getFileName().toString(), Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(URI.create("source:/" + name), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
