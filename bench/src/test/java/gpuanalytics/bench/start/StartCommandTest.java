package gpuanalytics.bench.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartCommandTest {

    private final StartCommand command =
            StartCommand.of(
                    List.of(
                            "java",
                            "-XX:+UseSerialGC",
                            "-XX:AOTCache=/app/app.aot",
                            "-cp",
                            "@/app/class-path",
                            "a.Main",
                            "now"));

    @Test
    void aCacheIsWrittenBySameOptionsAndClassPathThatReadIt() {
        var program = command.program(Map.of("A", "b"), Optional.of(Path.of("/out/new.aot")));
        assertEquals(
                List.of("-XX:+UseSerialGC", "-XX:AOTCacheOutput=/out/new.aot"), program.options());
        assertEquals("@/app/class-path", program.classPath());
        assertEquals(List.of("a.Main", "now"), program.command());
        assertEquals(Map.of("A", "b"), program.environment());
    }

    @Test
    void aStartIsThatOfTheImage() {
        var options = command.program(Map.of(), Optional.empty()).options();
        assertEquals(List.of("-XX:+UseSerialGC", "-XX:AOTCache=/app/app.aot"), options);
        assertTrue(command.hasCache());
        assertFalse(command.withoutCache().hasCache());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "java", "java -cp x", "-cp x a.Main", "bash -cp x a.Main"})
    void whatIsNoCommandOfAnImageIsNamed(String words) {
        var list = List.of(words.split(" "));
        var failure = assertThrows(IllegalArgumentException.class, () -> StartCommand.of(list));
        assertTrue(String.valueOf(failure.getMessage()).contains(list.toString()));
    }
}
