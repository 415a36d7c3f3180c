package gpuanalytics.bench.start;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts of both parts; a cache needs a class path of jars, which only images have. */
@Timeout(300)
final class StartIT {

    @TempDir Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String... arguments) {
        var out = new PrintStream(printed, true, UTF_8);
        return StartMain.run(arguments, out, out);
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void eachPartBecomesReady(Part part) {
        int status =
                run(
                        "--part",
                        part.toString(),
                        "--starts",
                        "1",
                        "--dir",
                        directory.toString(),
                        "--",
                        "java",
                        // a process of a few seconds gains nothing by the second compiler
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        part.main());
        var text = printed.toString(UTF_8);
        assertEquals(0, status, text);
        assertTrue(text.contains(part + " without a cache: ready after "), text);
    }

    @Test
    void whatIsNoPartIsNamed() {
        assertEquals(1, run("--part", "store", "--", "java", "-cp", "x", "a.Main"));
        var text = printed.toString(UTF_8);
        assertTrue(text.contains("--part is store, expected one of [processor, producers]"), text);
    }
}
